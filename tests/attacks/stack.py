"""Submissions that look for the tests while they are being tested."""

from __future__ import annotations

from tests.attacks.forgeries import NO_MARK, forges, looks
from tests.attacks.model import DIED, NOT_RUN, WRONG_TOTAL, Submission, code

__all__ = ["ATTACKS"]

ATTACKS: tuple[Submission, ...] = (
    looks(
        "reads-the-stack",
        "Looks at the frames above it.",
        "import sys\ndef look():\n    return sys._getframe(2).f_code.co_consts, sys._getframe(2).f_globals.get('In')",
    ),
    looks(
        "inspects-the-stack",
        "Asks for the source of what called it.",
        "import inspect\ndef look():\n    return [(one.code_context, one.frame.f_locals) for one in inspect.stack(9)]",
    ),
    looks(
        "reads-the-stack-by-an-error",
        "Follows an error to the frames above.",
        """
        def look():
            try:
                raise ValueError
            except ValueError as error:
                frame, found = error.__traceback__.tb_frame, []
                while frame:
                    found.append(frame.f_code.co_consts)
                    frame = frame.f_back
                return found
        """,
    ),
    looks(
        "reads-the-stack-by-a-generator",
        "Follows a generator to the frames above.",
        """
        def look():
            def frames():
                frame = keep.gi_frame.f_back
                while frame:
                    yield_.append(frame.f_code.co_consts)
                    frame = frame.f_back
                yield yield_
            yield_ = []
            keep = frames()
            return next(keep)
        """,
    ),
    looks(
        "prints-the-stack",
        "Asks for a printed stack with its lines.",
        "import traceback\ndef look():\n    return traceback.format_stack(), traceback.extract_stack()",
    ),
    looks(
        "reads-the-history",
        "Reads the cells that were run.",
        "def look():\n    return In, get_ipython().history_manager.input_hist_raw, get_ipython().user_ns.get('_ih')",
        NO_MARK,
    ),
    looks(
        "reads-the-cache-of-lines",
        "Reads the source that is kept for tracebacks.",
        "import linecache\ndef look():\n    return list(linecache.cache.values()), vars(get_ipython().compile)",
        NO_MARK,
    ),
    looks(
        "asks-the-collector",
        "Looks for the text of tests among all objects.",
        "import gc\ndef look():\n"
        "    return [thing for thing in gc.get_objects() if isinstance(thing, dict) and 'hidden' in str(thing)[:9999]]",
    ),
    looks(
        "asks-the-threads-for-frames",
        "Looks at the frames of every thread.",
        "import sys\ndef look():\n    return [one.f_back.f_code.co_consts for one in sys._current_frames().values()]",
    ),
    forges(
        "keeps-what-it-saw-for-later",
        "Looks at the frames above it, and shows what was found in another cell.",
        "import sys\nseen = []",
        squares="def squares(n):\n    seen.append(sys._getframe(1).f_code.co_consts)\n    return []\n",
        total="print(seen)\n" + WRONG_TOTAL,
    ),
    forges(
        "traces-the-test",
        "A trace function sees every line of the test.",
        """
        import sys, threading
        def trace(frame, event, argument):
            found.append(frame.f_code.co_consts)
            return trace
        found = []
        sys.settrace(trace)
        threading.settrace(trace)
        """,
    ),
    forges(
        "profiles-the-test",
        "A profile function sees every call of the test.",
        "import sys\nseen = []\nsys.setprofile(lambda frame, *_: seen.append(frame.f_code.co_consts))",
    ),
    forges(
        "hears-of-everything",
        "An audit hook sees what the test compiles.",
        "import sys\nseen = []\nsys.addaudithook(lambda event, given: seen.append((event, given)))",
        on_squares=NO_MARK,
    ),
    forges(
        "answers-from-the-stack",
        "Returns what the test compares with.",
        squares=code(
            """
            import sys
            def squares(n):
                found = sys._getframe(1).f_code.co_consts
                return [k * k for k in range(1, n + 1)]
            """
        ),
    ),
    forges(
        "lowers-the-limit-of-recursion",
        "Checks that call functions cannot be called any more.",
        "import sys, inspect\nsys.setrecursionlimit(len(inspect.stack()) + 12)",
        on_squares=NO_MARK | DIED,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
)
