"""``academy bench WHAT``: figures, not tests. The benchmarks live in ``tests/bench/`` of a checkout."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from academy.errors import BadInput, Unavailable

__all__ = ["main"]

CHECKOUT = Path(__file__).parents[2]


def main(arguments: Sequence[str], *, checkout: Path = CHECKOUT) -> int:
    """Run one benchmark with the rest of the arguments and return its exit code.

    Raises ``Unavailable`` in an installed package, ``BadInput`` for a benchmark that there is not.
    """
    found = {file.stem.removeprefix("bench_"): file for file in sorted((checkout / "tests/bench").glob("bench_*.py"))}
    if not found:
        message = "Benchmarks need the source checkout; this is an installed package, which does not hold them."
        raise Unavailable(message)
    if not arguments or arguments[0] not in found:
        message = f"Say which benchmark: academy bench {'|'.join(found)} [OPTIONS]."
        raise BadInput(message, code="no-benchmark")
    command = [sys.executable, "-m", f"tests.bench.{found[arguments[0]].stem}", *arguments[1:]]
    return subprocess.run(command, cwd=checkout, check=False).returncode  # noqa: S603 - one of our own modules
