"""Submissions that end before a test does."""

from __future__ import annotations

from tests.attacks.forgeries import NO_MARK, forges
from tests.attacks.model import DIED, FAILED, NOT_RUN, TAMPERED, TIMED_OUT, WRONG_TOTAL, Submission, code

__all__ = ["ATTACKS"]

ATTACKS: tuple[Submission, ...] = (
    forges(
        "leaves-the-test",
        "The function ends the test as if all was well.",
        squares="import sys\ndef squares(n):\n    sys.exit(0)\n",
        on_squares=TAMPERED,
    ),
    forges(
        "leaves-the-test-by-other-words",
        "Other ways to end that are no error.",
        squares="def squares(n):\n    raise SystemExit\n",
        total="def total(numbers):\n    quit()\n",
        on_squares=TAMPERED,
        on_total=TAMPERED | FAILED | NOT_RUN,
    ),
    forges(
        "leaves-before-the-test",
        "The solution cell ends before the function is there.",
        squares="raise SystemExit\n",
        on_squares=FAILED | NOT_RUN,
        on_total=FAILED | NOT_RUN,
    ),
    forges(
        "interrupts-the-test",
        "The function raises what a person raises who stops a cell.",
        squares="def squares(n):\n    raise KeyboardInterrupt\n",
        on_squares=FAILED | TAMPERED | TIMED_OUT,
    ),
    forges(
        "raises-something-strange",
        "The error fails itself when somebody looks at it.",
        squares=code(
            """
            class Strange(BaseException):
                def __str__(self):
                    raise SystemExit
                __repr__ = __str__
                __traceback__ = property(__str__)
            def squares(n):
                raise Strange
            """
        ),
        on_squares=FAILED | TAMPERED,
    ),
    forges(
        "raises-an-endless-chain",
        "The error is its own cause, and has a group inside.",
        squares=code(
            """
            def squares(n):
                error = ExceptionGroup('one', [ValueError(n)])
                for _ in range(2000):
                    error = ExceptionGroup('more', [error])
                raise error from error
            """
        ),
        on_squares=FAILED | TAMPERED | DIED,
        on_total=FAILED | NOT_RUN,
    ),
    forges(
        "claims-to-be-out-of-memory",
        "The function raises what a lack of memory raises.",
        squares="def squares(n):\n    raise MemoryError\n",
        on_squares=frozenset({"out-of-memory"}) | FAILED,
    ),
    forges(
        "returns-something-to-wait-for",
        "The function is a coroutine.",
        squares="async def squares(n):\n    return [k * k for k in range(1, n + 1)]\n",
        on_squares=FAILED,
    ),
    forges(
        "plans-for-later",
        "A task that runs between cells replaces the helper.",
        """
        import asyncio
        async def later():
            while True:
                globals()['check_close'] = lambda *_: True
                await asyncio.sleep(0)
        try:
            task = asyncio.get_running_loop().create_task(later())
        except RuntimeError:
            pass
        """,
        on_squares=FAILED,
        total="await asyncio.sleep(0.05)\n" + WRONG_TOTAL,
        on_total=NO_MARK,
    ),
)
