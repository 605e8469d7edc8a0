"""The academy's JSON API, called from a kernel with the visitor's own token.

Every failure is one of the academy's errors: its message is one sentence that may be shown as it is.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from academy.errors import AcademyError, NotAllowed, Unavailable
from academy.languages.phrases import phrase

__all__ = ["Api", "connect", "new_nonce"]

PREFIX = "/services/academy"
TIMEOUT = httpx.Timeout(8.0, connect=2.0)
WAITS = (0.3, 1.0, 2.0)
"""Seconds before the second, third and last try of a call that may be repeated."""
AWAY = frozenset({502, 503, 504})
"""Answers of a proxy or a service that is just starting."""

Fields = Mapping[str, Sequence[str]]


class Api:
    """The calls that our screens make. When nobody answers they are repeated: a draft or a nonce makes that safe."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        language: str = "en",
        waits: Sequence[float] = WAITS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        base = address.rstrip("/")
        self._waits = tuple(waits)
        self._http = httpx.AsyncClient(
            base_url=base if base.endswith(PREFIX) else base + PREFIX,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Language": language},
            timeout=TIMEOUT,
            transport=transport,
            trust_env=False,  # no proxy of the machine gets between a kernel and its neighbour
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def assessment(self, cohort: str, assessment: str) -> Any:
        """Return an assessment, filled with the saved draft."""
        return await self._call("GET", f"/c/{_part(cohort)}/assessments/{_part(assessment)}")

    async def save_draft(self, cohort: str, assessment: str, fields: Fields) -> Any:
        """Keep a draft; the last one counts, so repeating it does no harm."""
        path = f"/c/{_part(cohort)}/assessments/{_part(assessment)}/draft"
        return await self._call("POST", path, {"fields": fields})

    async def submit(self, cohort: str, assessment: str, fields: Fields, *, nonce: str) -> Any:
        """Send answers and return the receipt. The same nonce never makes a second attempt."""
        path = f"/c/{_part(cohort)}/assessments/{_part(assessment)}/submissions"
        return await self._call("POST", path, {"fields": fields, "nonce": nonce})

    async def register(self, cohort: str, session: str) -> Any:
        """Return the register of a live session."""
        return await self._call("GET", f"/c/{_part(cohort)}/sessions/{_part(session)}/register")

    async def mark(self, cohort: str, session: str, *, person: str, status: str, nonce: str) -> Any:
        """Mark one person and return her row."""
        body = {"person": person, "status": status, "arrived_at": None, "nonce": nonce}
        return await self._call("POST", f"/c/{_part(cohort)}/sessions/{_part(session)}/marks", body)

    async def correct(self, cohort: str, session: str, *, correction: Mapping[str, Any], nonce: str) -> Any:
        """Correct one row and return it."""
        body = {**correction, "nonce": nonce}
        return await self._call("POST", f"/c/{_part(cohort)}/sessions/{_part(session)}/corrections", body)

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        for wait in (*self._waits, None):
            try:
                response = await self._http.request(method, f"/api{path}", json=body)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code not in AWAY:
                return _read(response)
            if wait is not None:
                await asyncio.sleep(wait)
        message = phrase("The academy does not answer just now. What you see on this page is still here.")
        raise Unavailable(message)


def connect(environ: Mapping[str, str] | None = None) -> Api:
    """Return the API as the visitor of this kernel."""
    environ = os.environ if environ is None else environ
    language = environ.get("VISITOR_LANGUAGE") or "en"
    return Api(environ["ACADEMY_SERVICE_URL"], environ["VISITOR_TOKEN"], language=language)


def new_nonce() -> str:
    """Return a name for one action of one person, so that repeating the call does not repeat the action."""
    return secrets.token_urlsafe(18)


def _part(text: str) -> str:
    return quote(text, safe="")


def _read(response: httpx.Response) -> Any:
    """Return the JSON of a good answer. Raises the academy's error of a bad one."""
    try:
        data = response.json()
    except ValueError:
        data = None
    if response.is_success and data is not None:
        return data
    details = data.get("error") if isinstance(data, dict) else None
    if isinstance(details, dict) and isinstance(details.get("message"), str):
        error = AcademyError(details["message"], code=str(details.get("code", "error")), field=details.get("field"))
        error.status = response.status_code
        raise error
    if response.status_code in {401, 403} or response.is_redirect:
        message = phrase("You are signed out. Sign in again in another tab, then go on here.")
        raise NotAllowed(message)
    message = phrase("Something went wrong on the side of the academy. Nothing was changed.")
    raise Unavailable(message)
