"""Submissions that use up time, memory, processes, files or somebody's patience."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell

from academy.kernels.model import Layer
from tests.attacks.model import (
    DIED,
    FAILED,
    MANUAL,
    NOT_RUN,
    OUT_OF_MEMORY,
    PASSED,
    RIGHT_SQUARES,
    TAMPERED,
    TIMED_OUT,
    TOUCHES,
    Place,
    Submission,
    code,
    probe,
)

__all__ = ["ATTACKS"]

PROCESSES = frozenset({Layer.NAMESPACES, Layer.PROCESSES})
LATER = PASSED | NOT_RUN | TIMED_OUT
"""Of a cell after one that could not be interrupted."""


def _add_many_cells(nb: Any) -> None:
    nb.cells[1:1] = [new_code_cell(str(number)) for number in range(2000)]


def _add_huge_cell(nb: Any) -> None:
    nb.cells.append(new_code_cell("# " + "x" * 30_000_000))


def _add_long_line(nb: Any) -> None:
    nb.cells.insert(1, new_code_cell("text = '" + "x" * 500_000 + "'"))


def _add_huge_metadata(nb: Any) -> None:
    nb.metadata["padding"] = ["x" * 100] * 50_000


def _deep(data: bytes) -> bytes:
    return data.replace(b'"metadata":', b'"deep": ' + b"[" * 100_000 + b"]" * 100_000 + b', "metadata":', 1)


def _nest(data: bytes) -> bytes:
    nb = json.loads(data)
    deepest: dict[str, Any] = {}
    for _ in range(400):
        deepest = {"deeper": deepest}
    return json.dumps(nb | {"metadata": nb["metadata"] | {"deep": deepest}}).encode()


def _sparse(folder: Path, _: Place) -> None:
    with (folder / "huge.bin").open("wb") as file:
        file.truncate(400 << 20)


def _many_files(folder: Path, _: Place) -> None:
    for number in range(500):
        (folder / f"{number}.txt").touch()


ATTACKS: tuple[Submission, ...] = (
    probe(
        "forks-until-refused",
        "Fills the machine with sleeping processes.",
        "fork_sleepers(1000)",
        setup="""
        def fork_sleepers(count):
            for _ in range(count):
                if os.fork() == 0:
                    os.setsid()
                    while True:
                        signal.pause()
        """,
        needs=PROCESSES,
        on_squares=PASSED | TAMPERED | NOT_RUN | TIMED_OUT,
        on_total=PASSED | TAMPERED | NOT_RUN | TIMED_OUT,
    ),
    Submission(
        name="fork-bomb",
        tries="Every process starts further ones, without end.",
        squares=code(
            """
            import os, time
            while True:
                try:
                    os.fork()
                except OSError:
                    time.sleep(0.1)
            """
        ),
        on_squares=FAILED | NOT_RUN | TIMED_OUT | DIED | TAMPERED,
        on_total=LATER | DIED | TAMPERED,
        needs=PROCESSES,
    ),
    probe(
        "starts-threads-until-refused",
        "Fills the machine with threads.",
        "[threading.Thread(target=time.sleep, args=(60,), daemon=True).start() for _ in range(2000)]",
        setup="import threading\nthreading.stack_size(65536)",
        needs=PROCESSES,
        **TOUCHES,
    ),
    Submission(
        name="uses-up-memory-while-it-is-tested",
        tries="Grows until nothing is left.",
        squares="def squares(n):\n    rows = []\n    while True:\n        rows.append(bytes(1 << 24))\n",
        on_squares=OUT_OF_MEMORY,
    ),
    Submission(
        name="uses-up-memory-before-it-is-tested",
        tries="Keeps what it could get, so that nothing is left for the tests.",
        squares=code(
            """
            held, size = [], 1 << 24
            while size:
                try:
                    held.append(bytes(size))
                except MemoryError:
                    size //= 2
            """
        )
        + RIGHT_SQUARES,
        on_squares=PASSED | OUT_OF_MEMORY | DIED | NOT_RUN | TIMED_OUT,
        on_total=PASSED | OUT_OF_MEMORY | DIED | NOT_RUN | TIMED_OUT,
    ),
    Submission(
        name="asks-for-everything-at-once",
        tries="One object larger than the machine.",
        squares="def squares(n):\n    return bytearray(1 << 44)\n",
        on_squares=OUT_OF_MEMORY,
    ),
    Submission(
        name="loops-before-it-is-tested",
        tries="The solution cell never ends.",
        squares="while True:\n    pass\n",
        on_squares=FAILED | NOT_RUN | TIMED_OUT,
    ),
    Submission(
        name="loops-while-it-is-tested",
        tries="The function never returns.",
        squares="def squares(n):\n    while True:\n        n += 1\n",
        on_squares=TIMED_OUT,
    ),
    Submission(
        name="loops-and-catches-the-interrupt",
        tries="The function goes on, whatever is raised in it.",
        squares=code(
            """
            def squares(n):
                while True:
                    try:
                        while True:
                            n += 1
                    except BaseException:
                        continue
            """
        ),
        on_squares=TIMED_OUT,
        on_total=NOT_RUN,
    ),
    Submission(
        name="loops-and-switches-the-interrupt-off",
        tries="The function ignores every signal that can be ignored.",
        squares=code(
            """
            import signal
            def squares(n):
                for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                    signal.signal(number, signal.SIG_IGN)
                while True:
                    n += 1
            """
        ),
        on_squares=TIMED_OUT,
        on_total=NOT_RUN,
    ),
    Submission(
        name="loops-where-no-interrupt-arrives",
        tries="The interpreter is busy inside one C function.",
        squares="import itertools\ndef squares(n):\n    return sum(itertools.repeat(0))\n",
        on_squares=TIMED_OUT,
        on_total=NOT_RUN,
    ),
    Submission(
        name="sleeps-while-it-is-tested",
        tries="Waits without using the processor, in small pieces that catch everything.",
        squares="import time\ndef squares(n):\n    time.sleep(3600)\n",
        on_squares=TIMED_OUT,
    ),
    Submission(
        name="leaves-busy-processes",
        tries="Processes that compute go on after the answer is there.",
        squares=code(
            """
            import os
            for _ in range(3):
                if os.fork() == 0:
                    os.setsid()
                    while True:
                        pass
            """
        )
        + RIGHT_SQUARES,
        needs=PROCESSES,
        **TOUCHES,
    ),
    probe(
        "fills-the-disk",
        "Writes many large files.",
        "[Path(f'fill-{n}').write_bytes(bytes(10 << 20)) for n in range(60)]",
        "[Path(f'/tmp/fill-{n}').write_bytes(bytes(10 << 20)) for n in range(60)]",
        "[Path(f'/dev/shm/fill-{n}').write_bytes(bytes(10 << 20)) for n in range(60)]",
        needs=frozenset({Layer.NAMESPACES, Layer.FILE_TREE}),
    ),
    probe(
        "writes-one-endless-file",
        "Writes until somebody stops it.",
        "[file.write(bytes(1 << 22)) for _ in range(300)]",
        "open('hole', 'wb').truncate(1 << 40)",
        setup="file = open('endless', 'wb', 0)\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)",
    ),
    probe(
        "uses-up-inodes",
        "Creates empty files until no more fit.",
        "[Path(f'i-{n}').touch() for n in range(40_000)]",
        needs=frozenset({Layer.NAMESPACES, Layer.FILE_TREE}),
    ),
    probe(
        "uses-up-descriptors",
        "Opens files until refused, and keeps all but a few of them.",
        "[held.append(open('/dev/null')) for _ in range(5000)]",
        setup="held = []",
        **TOUCHES,
    ),
    Submission(
        name="prints-without-end",
        tries="Floods the grader with output while it is tested.",
        squares="def squares(n):\n    while True:\n        print('x' * 100_000)\n",
        on_squares=TIMED_OUT | DIED | OUT_OF_MEMORY | FAILED,
        on_total=LATER | DIED,
    ),
    Submission(
        name="prints-two-hundred-megabytes",
        tries="Floods the grader with output, then answers right.",
        squares="for _ in range(200):\n    print('y' * 1_000_000)\n" + RIGHT_SQUARES,
        on_squares=PASSED | TIMED_OUT | DIED | NOT_RUN,
        on_total=LATER | DIED,
    ),
    Submission(
        name="shows-very-many-things",
        tries="A great number of small outputs.",
        squares=RIGHT_SQUARES + "from IPython.display import display\nfor n in range(5_000):\n    display(n)\n",
        on_squares=PASSED | TIMED_OUT,
        on_total=LATER,
    ),
    Submission(
        name="raises-a-huge-message",
        tries="The explanation of the error is larger than the notebook.",
        squares="def squares(n):\n    raise ValueError('z' * 50_000_000)\n",
        on_squares=FAILED,
    ),
    Submission(
        name="hands-in-a-huge-notebook",
        tries="One cell holds thirty million characters.",
        change=_add_huge_cell,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(name="hands-in-a-very-long-line", tries="One line of half a megabyte.", change=_add_long_line),
    Submission(
        name="hands-in-very-many-cells",
        tries="Two thousand cells before the first question.",
        change=_add_many_cells,
        on_squares=PASSED | NOT_RUN | TIMED_OUT,
        on_total=PASSED | NOT_RUN | TIMED_OUT,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(
        name="hands-in-heavy-metadata",
        tries="Five megabytes where nobody looks.",
        change=_add_huge_metadata,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(
        name="hands-in-bottomless-json",
        tries="A hundred thousand lists, one inside the other.",
        spoil=_deep,
        on_squares=NOT_RUN,
        on_total=NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(
        name="hands-in-deep-json",
        tries="Valid JSON that is deeper than programs like it.",
        spoil=_nest,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(
        name="hands-in-a-huge-file",
        tries="A file of 400 megabytes lies beside the notebook.",
        arrange=_sparse,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(
        name="hands-in-very-many-files",
        tries="Hundreds of files lie beside the notebook.",
        arrange=_many_files,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(
        name="recurses-without-end",
        tries="The function calls itself.",
        squares="def squares(n):\n    return squares(n + 1)\n",
        on_squares=FAILED,
    ),
    Submission(
        name="recurses-past-the-limit",
        tries="Takes the limit off first, and recurses in C.",
        squares=code(
            """
            import sys
            sys.setrecursionlimit(1 << 30)
            class Deep:
                def __repr__(self):
                    return repr([self])
            def squares(n):
                return repr(Deep())
            """
        ),
        on_squares=DIED | OUT_OF_MEMORY | FAILED | TIMED_OUT | TAMPERED,
        on_total=NOT_RUN | PASSED | TAMPERED,
    ),
    Submission(
        name="writes-a-number-with-a-billion-digits",
        tries="A value that is small until it is shown.",
        squares="def squares(n):\n    return 10 ** 10 ** 10\n",
        on_squares=TIMED_OUT | OUT_OF_MEMORY,
        on_total=PASSED | NOT_RUN,
    ),
)
