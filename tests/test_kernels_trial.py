"""A notebook runs cell by cell in a confined process, and nothing it does keeps its owner waiting for ever."""

from __future__ import annotations

import ast
import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.kernels import pool, trial
from academy.kernels.coded import code, defined_in, names_in
from academy.kernels.frames import LAST, MORE, cut
from academy.kernels.layers import layers
from academy.kernels.model import Confinement
from academy.kernels.steps import Doing, End, Shown, Step

MISSING = [granted.layer for granted in layers() if not granted.granted]
confined = pytest.mark.skipif(bool(MISSING), reason=f"this system does not grant {', '.join(MISSING)}")
CANARIES = (("assert 3 + 4 == 7", True), ("assert 3 + 4 == 8", False))


@pytest.fixture(scope="module", autouse=True)
def _end_warm_processes() -> Iterator[None]:
    """Leave no warm process behind."""
    yield
    pool.close()


def cell(source: str, doing: Doing = Doing.RUN, *, seconds: float = 20.0, own: frozenset[str] = frozenset()) -> Step:
    """Return a step."""
    canaries = CANARIES if doing is Doing.TEST else ()
    return Step(doing=doing, source=source, seconds=seconds, canaries=canaries, own_names=own)


def check(source: str, **options: Any) -> Step:
    """Return a test."""
    return cell(source, Doing.TEST, **options)


def run(*steps: Step, files: Path | None = None, seconds: float = 60.0) -> list[Shown]:
    """Run a notebook."""
    environment = {"PATH": "/usr/bin"}
    notebook = trial.run(steps, files=files, confinement=Confinement(), environment=environment, seconds=seconds)
    return asyncio.run(notebook)


@confined
def test_cells_show_what_they_show_in_a_notebook() -> None:
    """Printed text, the last value, displays that are replaced, and errors, in nbformat's form."""
    said, shown, failed = run(
        cell("import sys\nprint('a'); print('b'); print('c', file=sys.stderr)\n6 * 7"),
        cell("from IPython.display import display\nbox = display('old', display_id=True)\nbox.update('new')"),
        cell("1 / 0"),
    )
    assert [output["output_type"] for output in said.outputs] == ["stream", "stream", "execute_result"]
    assert said.outputs[0]["text"] == "a\nb\n"
    assert said.outputs[2]["data"] == {"text/plain": "42"}
    assert [output["data"]["text/plain"] for output in shown.outputs] == ["'new'"]
    assert (failed.end, failed.outputs[0]["ename"]) == (End.ERROR, "ZeroDivisionError")


@confined
def test_a_test_is_evidence_while_nobody_touches_what_checks_it() -> None:
    """It passes, fails, or gives a number; what it defines is there for the next; nothing is doubted."""
    _, first, second, third = run(
        cell("def half(n):\n    return n / 2"),
        check("expected = 21\ndef same(n):\n    return half(n) == expected\nassert same(42)"),
        check("assert half(2) == expected"),
        check("(half(2) == 1) * 0.5"),
    )
    assert [step.end for step in (first, second, third)] == [End.DONE, End.ERROR, End.DONE]
    assert third.check is not None
    assert third.check.number == 0.5
    assert (first.doubts, second.doubts, third.doubts) == ((), (), ())


@confined
def test_a_test_may_take_a_name_away_and_give_it_back() -> None:
    """The learner's functions see that the name is gone, as they would in a notebook."""
    _, outcome = run(
        cell("def a():\n    return 1\ndef b():\n    return a() + 1"),
        check(
            "kept = a\ndel a\ntry:\n    b()\nexcept NameError:\n    found = True\nfinally:\n    a = kept\nassert found"
        ),
    )
    assert (outcome.end, outcome.doubts) == (End.DONE, ())


@confined
@pytest.mark.parametrize("ending", ["exit()", "quit()", "import sys\nsys.exit()"])
def test_a_cell_that_ends_its_session_ends_nothing_here(ending: str) -> None:
    """What comes after it runs and is judged by what it does."""
    _, after = run(cell(ending), check("assert 3 + 4 == 7"))
    assert (after.end, after.doubts) == (End.DONE, ())


@confined
def test_a_cell_that_takes_too_long_is_stopped_and_the_rest_goes_on() -> None:
    """What it printed before is kept."""
    slow, after = run(cell("print('begun')\nwhile True:\n    pass", seconds=1.0), cell("print('still there')"))
    assert slow.end is End.TIMED_OUT
    assert slow.outputs[0]["text"] == "begun\n"
    assert after.outputs[0]["text"] == "still there\n"


@confined
def test_a_cell_that_will_not_stop_is_ended_and_the_rest_is_not_reached() -> None:
    """Nobody waits for it."""
    stubborn = (
        "while True:\n    try:\n        while True:\n            pass\n    except KeyboardInterrupt:\n        pass"
    )
    assert [step.end for step in run(cell(stubborn, seconds=0.5), cell("1"))] == [End.TIMED_OUT, End.NOT_REACHED]


@confined
def test_a_process_that_ends_is_said_to_have_ended_in_this_cell() -> None:
    """The cells after it were not reached."""
    ends = [step.end for step in run(cell("1"), check("import os\nos._exit(0)"), check("assert True"))]
    assert ends == [End.DONE, End.DIED, End.NOT_REACHED]


@confined
def test_a_notebook_as_a_whole_has_a_limit_of_time() -> None:
    """Cells that are left when it is over were not reached."""
    ends = [
        step.end for step in run(cell("import time\ntime.sleep(0.6)"), cell("time.sleep(9)"), cell("1"), seconds=1.0)
    ]
    assert ends[0] is End.DONE
    assert ends[1] is End.TIMED_OUT
    assert ends[2] is End.NOT_REACHED


@confined
def test_files_are_there_as_copies(tmp_path: Path) -> None:
    """The notebook reads and changes its own; the folder stays what it was, and links are not followed."""
    (tmp_path / "data.csv").write_text("1,2", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    (shown,) = run(
        cell("import os\nprint(open('data.csv').read(), os.listdir('.'))\nopen('data.csv', 'w').write('changed')"),
        files=tmp_path,
    )
    assert shown.outputs[0]["text"] == "1,2 ['data.csv']\n"
    assert (tmp_path / "data.csv").read_text(encoding="utf-8") == "1,2"


@confined
def test_many_notebooks_run_side_by_side_and_know_nothing_of_each_other() -> None:
    """Each has its own names, files and random numbers."""

    async def all_of_them() -> list[list[Shown]]:
        steps = (cell("import random\nprint('mine' in globals(), random.random())\nmine = 1"),)
        one = {"files": None, "confinement": Confinement(), "environment": {}}
        return await asyncio.gather(*(trial.run(steps, **one) for _ in range(8)))  # type: ignore[arg-type]

    said = [notebook[0].outputs[0]["text"] for notebook in asyncio.run(all_of_them())]
    assert all(text.startswith("False ") for text in said)
    assert len(set(said)) == len(said)


@confined
@pytest.mark.parametrize(
    ("touch", "reason"),
    [
        ("import builtins\nbuiltins.sum = lambda *_: 6", "“sum” of builtins was replaced"),
        ("def close(a, b):\n    return True", "the instructor's “close” was replaced"),
        ("sum = lambda *_: 6", "“sum” was replaced"),
        (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
            "something else",
        ),
    ],
)
def test_whoever_touches_what_checks_a_test_makes_it_no_evidence(touch: str, reason: str) -> None:
    """The reason is said in words."""
    helper = cell("def close(a, b):\n    return abs(a - b) < 1", Doing.LOCKED)
    *_, outcome = run(helper, cell(touch), check("assert close(sum([1, 2, 3]), 6)"))
    assert any(reason in doubt for doubt in outcome.doubts)


@confined
def test_an_exercise_may_ask_for_a_function_with_a_built_in_name() -> None:
    """What the instructor's own notebook defines is the learner's to define."""
    own = frozenset({"sum"})
    *_, outcome = run(cell("def sum(items):\n    return 6"), check("assert sum([1, 2, 3]) == 6", own=own))
    assert (outcome.end, outcome.doubts) == (End.DONE, ())


@given(st.binary(max_size=200_000))
def test_a_message_in_packets_is_the_same_message(message: bytes) -> None:
    """Whatever its length; only its last packet says that it is the last."""
    packets = list(cut(message))
    assert b"".join(packet[1:] for packet in packets) == message
    assert [packet[:1] for packet in packets] == [MORE] * (len(packets) - 1) + [LAST]


def test_a_test_travels_without_its_text() -> None:
    """Names and constants are in it, as the computer needs them; comments and the text are not."""
    coded = code("# a remark for instructors\nassert half(2) == 1", "<somewhere>")
    assert "half" in coded.names
    assert b"remark" not in base64.b64decode(coded.data)


def test_names_are_found_where_they_are_used_and_defined() -> None:
    """Imports count with the packages above them; what is no Python defines nothing."""
    tree = ast.parse("import a.b\nfrom c.d import e\nf(g)")
    assert names_in(tree) == {"a", "a.b", "c", "c.d", "f", "g"}
    assert defined_in(["def f():\n    x = 1", "class K:\n    pass", "%magic"]) == {"f", "x", "K"}
