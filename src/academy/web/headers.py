"""Headers of every answer of the academy service: only our own origin, no trace left in shared caches."""

from __future__ import annotations

from academy.config import REPORTS

__all__ = ["AN_HOUR", "FORGET", "FOR_EVER", "HEADERS", "NOT_KEPT"]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    f"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; report-uri {REPORTS}"
)

NOT_KEPT = "no-store"
AN_HOUR = "private, max-age=3600"
FOR_EVER = "public, max-age=31536000, immutable"

FORGET = '"cache", "cookies", "storage"'
"""Value of ``Clear-Site-Data``: the browser removes what it keeps of this site, which signs the person out there."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-site",
    "Cache-Control": NOT_KEPT,
}
