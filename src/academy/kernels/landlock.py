"""Rules about files that a process lays on itself and cannot take off again: landlock(7).

Numbers are those of linux/landlock.h, as documented in landlock_create_ruleset(2), landlock_add_rule(2) and
landlock_restrict_self(2). What the running kernel does not know yet is left out; ``abi`` says what it knows.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Mapping

from academy.kernels import linux

__all__ = ["EXECUTE", "READ", "SOCKETS", "WRITE", "abi", "restrict"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 9
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | 1 << 15

READ = _READ_FILE | _READ_DIR
"""Read files, list folders."""
EXECUTE = _EXECUTE
"""Start programs."""
WRITE = READ | _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SOCK | _REFER
"""Everything but devices, named pipes, symbolic links and programs."""
SOCKETS = READ | _MAKE_SOCK | _REMOVE_FILE
"""What ZeroMQ needs to listen in a folder."""

# Rights about files known to each version: the first 13, then REFER (2), TRUNCATE (3) and IOCTL_DEV (5)
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP = 0b11  # bind and connect, since version 4
_SCOPES = 0b11  # abstract Unix sockets and signals, since version 6
_SIZES = {1: 8, 2: 8, 3: 8, 4: 16, 5: 16}  # of struct landlock_ruleset_attr; 24 since version 6


def abi() -> int:
    """Return the version of Landlock that the kernel offers, from 1. Raises ``OSError`` where there is none."""
    flags = ctypes.c_uint32(_CREATE_RULESET_VERSION)
    return linux.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), flags, what="landlock_create_ruleset")


def restrict(rules: Mapping[str, int]) -> None:
    """Allow this thread and its descendants ``rules`` (rights by path) and nothing else; no TCP at all.

    Needs no-new-privileges. Raises ``OSError`` where Landlock is missing or a path does not exist.
    """
    version = abi()
    rights = _FILE_RIGHTS[min(version, 5)]
    attributes = struct.pack("=QQQ", rights, _TCP, _SCOPES)[: _SIZES.get(version, 24)]
    size = ctypes.c_size_t(len(attributes))
    ruleset = linux.syscall(_CREATE_RULESET, attributes, size, ctypes.c_uint32(0), what="landlock_create_ruleset")
    try:
        for path, allowed in rules.items():
            _allow(ruleset, path, allowed & rights)
        linux.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0), what="landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, allowed: int) -> None:
    target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - this module knows paths as text only
            allowed &= _ON_FILES  # rights about folders are refused for a file
        rule = struct.pack("=Qi", allowed, target)
        arguments = (ctypes.c_int(ruleset), ctypes.c_int(_RULE_PATH_BENEATH), rule, ctypes.c_uint32(0))
        linux.syscall(_ADD_RULE, *arguments, what=f"landlock_add_rule {path}")
    finally:
        os.close(target)
