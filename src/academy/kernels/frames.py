"""Messages of any length over a socket that keeps packets whole: cut into frames, each with one byte in front."""

from __future__ import annotations

import socket
from collections.abc import Iterator

__all__ = ["Joined", "cut", "receive", "send"]

_LARGEST = 60_000
"""Bytes of a frame; a socket pair takes about 200 kB at once."""
_MORE, _LAST = b"+", b"."


def cut(message: bytes) -> Iterator[bytes]:
    """Yield the frames of a message, at least one."""
    starts = range(0, max(len(message), 1), _LARGEST)
    for start in starts:
        yield (_LAST if start == starts[-1] else _MORE) + message[start : start + _LARGEST]


class Joined:
    """Puts frames together again, up to a limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, frame: bytes) -> bytes | None:
        """Take a frame; return the message when this was its last. Raises ``ValueError`` for what is no frame."""
        kind, part = frame[:1], frame[1:]
        self._size += len(part)
        if kind not in (_MORE, _LAST) or self._size > self._most:
            message = "more was said than is listened to" if kind in (_MORE, _LAST) else "this is no frame"
            raise ValueError(message)
        self._parts.append(part)
        if kind == _MORE:
            return None
        whole = b"".join(self._parts)
        self._parts, self._size = [], 0
        return whole


def send(connection: socket.socket, message: bytes) -> None:
    """Send a message over a blocking socket. Raises ``OSError``."""
    for frame in cut(message):
        connection.send(frame)


def receive(connection: socket.socket, most: int) -> bytes | None:
    """Read a message from a blocking socket; None when the other side has gone. Raises ``ValueError``."""
    joined = Joined(most)
    while True:
        frame = connection.recv(_LARGEST + 1)
        if not frame:
            return None
        message = joined.add(frame)
        if message is not None:
            return message
