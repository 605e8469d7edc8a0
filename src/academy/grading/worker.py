"""A process of its own for nbgrader, started when there is work and replaced when it breaks."""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import signal
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any

from academy.errors import Unavailable
from academy.languages.phrases import phrase

__all__ = ["Worker"]

SECRETS = ("JUPYTERHUB_", "CONFIGPROXY_", "ACADEMY_HUB_TOKEN", "ACADEMY_DB_URL", "JPY_")
"""Beginnings of names that leave the environment before nbgrader is loaded."""


class Worker:
    """Calls functions of the bridge, one after the other."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def call(self, verb: str, *args: Any) -> Any:
        """Call a function of ``academy.grading.bridge``; once more when its process died.

        Raises what the function raises, or ``Unavailable`` when the process died twice.
        """
        for _ in range(2):
            self._pool = self._pool or _new_pool()
            try:
                return await asyncio.get_running_loop().run_in_executor(self._pool, _perform, verb, *args)
            except BrokenProcessPool:
                self.rest()
        message = phrase("The grading process stopped twice. Nothing is lost; tell whoever runs this server.")
        raise Unavailable(message)

    def rest(self) -> None:
        """Let the process go: it holds memory that nobody needs between two steps."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def end(self) -> None:
        """End the process at once, whatever it does; jobs may be broken off anywhere."""
        processes = list((getattr(self._pool, "_processes", None) or {}).values())
        self.rest()
        for process in processes:
            process.kill()


def _new_pool() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")  # a fork would carry the service's sockets and threads along
    return ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_prepare)


def _prepare() -> None:
    """Begin a worker: no secret in the environment, no life without its parent."""
    for name in list(os.environ):
        if name.startswith(SECRETS):
            del os.environ[name]
    warnings.filterwarnings("ignore", module=r"nbgrader\.")  # SQLAlchemy's advice to nbgrader, in every step
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides what ends
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _perform(verb: str, *args: Any) -> Any:
    return getattr(importlib.import_module("academy.grading.bridge"), verb)(*args)
