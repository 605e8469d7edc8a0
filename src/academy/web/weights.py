"""What opening a heavy page costs the first time. The figures stand here and nowhere else.

They are bytes on the wire with nothing in the cache, measured in Chromium; ``tests/integration/test_plain_pages.py``
measures again and fails when a figure is more than a quarter away from the truth.
"""

from __future__ import annotations

__all__ = ["WEIGHTS", "size_text", "weight"]

WEIGHTS = {
    "interactive": 110_000,
    "lab": 6_600_000,
    "formgrader": 840_000,
}
"""Bytes, by kind of page. Interactive pages share what they load and differ by a few kilobytes."""
MEGABYTE, KILOBYTE = 1_000_000, 1000


def weight(kind: str) -> str:
    """Return the size of a kind of page as people write it: ``1.4 MB``."""
    return size_text(WEIGHTS[kind])


def size_text(size: int) -> str:
    """Return a number of bytes as people write it: ``3 KB``, ``1.4 MB``."""
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.1f} MB"
    return f"{max(1, round(size / KILOBYTE))} KB"
