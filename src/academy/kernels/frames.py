"""What passes between an owner and a notebook's process: packets, each with one byte in front that says what it is."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["CHECK", "DOUBT", "LARGEST", "LAST", "MORE", "Joined", "cut"]

LARGEST = 60_000
"""Bytes of a packet's content; a socket pair takes about 200 kB at once."""
MORE, LAST = b"+", b"."
"""A part of a message, and its last part."""
DOUBT, CHECK = b"!", b"="
"""Said at once, so that nothing that happens afterwards can take it back."""


def cut(message: bytes) -> Iterator[bytes]:
    """Yield the packets of a message, at least one."""
    starts = range(0, max(len(message), 1), LARGEST)
    for start in starts:
        yield (LAST if start == starts[-1] else MORE) + message[start : start + LARGEST]


class Joined:
    """Puts packets together again, up to a limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, packet: bytes) -> bytes | None:
        """Take a packet; return the message when this was its last. Raises ``ValueError`` for what is none."""
        kind, part = packet[:1], packet[1:]
        self._size += len(part)
        if kind not in (MORE, LAST) or self._size > self._most:
            message = "more was said than is listened to" if kind in (MORE, LAST) else "this is no packet"
            raise ValueError(message)
        self._parts.append(part)
        if kind == MORE:
            return None
        whole = b"".join(self._parts)
        self._parts, self._size = [], 0
        return whole
