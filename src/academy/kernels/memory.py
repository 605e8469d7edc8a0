"""How the warm process lays out its memory, so that its children copy little of it.

A child copies a page of shared memory when it first writes to it. Two things write everywhere unless they are kept
from it: Python's garbage collector, and the C library, which puts what is asked for into holes that others left.
"""

from __future__ import annotations

import ctypes
import gc

__all__ = ["settle"]

_SIZES = (1 << 16, 1 << 14, 1 << 13, 1 << 12, 1 << 11, *range(1520, 8, -16))
"""Bytes of the pieces that are taken, large ones first; from 1520 on, every size that the GNU C library knows."""

_libc = ctypes.CDLL(None)


class _Heap(ctypes.Structure):
    """What the C library says about its heap, in bytes: struct mallinfo2 of mallinfo, section 3."""

    _fields_ = [
        ("others", ctypes.c_size_t * 9),
        ("keepcost", ctypes.c_size_t),  # the unused end
    ]


def settle() -> None:
    """Do what is done once, when everything is imported and before the first fork."""
    gc.collect()
    _fill_holes()
    gc.freeze()  # so that a collection in a child does not write to pages that all share


def _fill_holes() -> None:
    """Take every free piece of the heap, for good: what a child then asks for lies together at the heap's end.

    The pieces are half a megabyte in all; spread as they are, using them would copy two megabytes in each child.
    """
    if not hasattr(_libc, "mallinfo2"):  # another C library, or GNU's before 2.33
        return
    _libc.mallinfo2.restype = _Heap
    _libc.malloc.restype = _libc.sbrk.restype = ctypes.c_void_p
    for size in _SIZES:
        end = _end()
        while (_libc.malloc(ctypes.c_size_t(size)) or end) < end:
            pass


def _end() -> int:
    """Return where the unused end of the heap begins."""
    unused: int = _libc.mallinfo2().keepcost
    return int(_libc.sbrk(ctypes.c_ssize_t(0))) - unused
