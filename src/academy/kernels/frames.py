"""What passes between an owner and a notebook's process: packets, each with one byte in front that says what it is.

Functions only: a class could be found, and changed, by the code that runs in that process.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["ANSWER", "CHECK", "DOUBT", "LAST", "MORE", "PLACE", "SEAL", "cut"]

_LARGEST = 60_000
"""Bytes of a packet's content; a socket pair takes about 200 kB at once."""
MORE, LAST = b"+", b"."
"""A part of a message, and its last part."""
DOUBT, CHECK, ANSWER = b"!", b"=", b"#"
"""Said at once, so that nothing can take it back afterwards: a doubt, a piece of a test, the end of a cell."""
SEAL = 16
"""Bytes behind a packet's first one that only who knows the process's secret can make: keyed BLAKE2b."""
PLACE = "\x00the function that looks at values\x00"
"""Constant in a test's code in whose place the process puts its own function."""


def cut(message: bytes) -> Iterator[bytes]:
    """Yield the packets of a message, at least one."""
    starts = range(0, max(len(message), 1), _LARGEST)
    for start in starts:
        yield (LAST if start == starts[-1] else MORE) + message[start : start + _LARGEST]
