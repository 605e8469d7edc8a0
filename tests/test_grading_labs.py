"""A lab all the way: released with its files, handed in, run in a confined process, marked, counted."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from academy import clock
from academy.checks import labs as checks
from academy.config import Config
from academy.content.build import build_assessment
from academy.content.catalogue import load
from academy.content.scoring import answer_key
from academy.errors import Conflict
from academy.grading import actions, bridge, pages, queries
from academy.grading.gradebook import scores
from academy.grading.jobs import Runner
from academy.grading.keys import dump
from academy.grading.model import Delivery, Job, JobKind, course_folder
from academy.kernels import pool
from academy.kernels.layers import layers
from academy.learning.actions import submit
from academy.people.model import Role
from academy.results import queries as results
from academy.rights import Actor
from academy.routing import Request
from academy.store.database import Store
from tests.conftest import ROOT, Cast, enrol
from tests.pages import rendered

MISSING = [granted.layer for granted in layers() if not granted.granted]
confined = pytest.mark.skipif(bool(MISSING), reason=f"this system does not grant {', '.join(MISSING)}")
LAB = "mail-headers-lab"
HERE: dict[str, Any] = {"cohort": "river", "assessment": LAB}
TESTS = {"owner-test": 2.0, "signs-test": 6.0, "first-test": 4.0}


@pytest.fixture(autouse=True)
def _end_warm_processes() -> Iterator[None]:
    """Leave no warm process behind."""
    yield
    pool.close()


def written(store: Store, who: Actor, notebook: bytes) -> None:
    """Hand in a notebook."""
    with store.write() as db:
        submit(
            db, actor=who, now=clock.now(), answers={}, nonce=f"nonce-{who.username}", most_attempts=None,
            notebook=notebook, **HERE,
        )  # fmt: skip


def worked_on(released: bytes, code: dict[str, str]) -> bytes:
    """Return the released notebook with code in some of its cells, as a person would save it."""
    nb = nbformat.reads(released.decode(), as_version=4)
    for cell in nb.cells:
        cell.source = code.get(cell.id, cell.source)
    nb.cells.insert(1, new_code_cell("raise SystemExit('a cell that she added')"))
    return str(nbformat.writes(nb)).encode()


def solutions() -> dict[str, str]:
    """Return the instructor's cells by name."""
    nb = build_assessment(load(ROOT).assessment(LAB))
    return {cell.id: cell.source for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")}


async def done(store: Store, runner: Runner, number: int) -> Job:
    """Wake the runner and wait for the good end of a job."""
    runner.wake()
    while True:
        with store.read() as db:
            job = queries.job(db, cohort="river", number=number)
        if job.ended_at is not None:
            assert job.error is None
            return job
        await asyncio.sleep(0.02)


def ask(store: Store, kind: JobKind) -> int:
    """Ask for a step as the facilitator."""
    with store.write() as db:
        return actions.ask(db, actor="anika", now=clock.now(), kind=kind, **HERE)


@confined
def test_a_lab_goes_all_the_way(store: Store, cast: Cast, config: Config) -> None:
    """Her code is run beside the lab's files; its points stand in the place of the written task's."""
    teal = enrol(store, "teal-heron", Role.PARTICIPANT, "river")
    folder = course_folder(config, "river")
    code = solutions()

    async def body(runner: Runner) -> None:
        now = clock.now()
        with store.write() as db:
            number = actions.release(db, actor=cast.anika, now=now, due_at=now + timedelta(days=7), **HERE)
        await done(store, runner, number)
        released = folder.released(LAB)
        beside = sorted(file.name for file in released.parent.iterdir())
        assert beside == [*(f"m{number:02}.eml" for number in range(1, 11)), f"{LAB}.ipynb"]
        text = released.read_text(encoding="utf-8")
        assert "raise NotImplementedError" in text
        assert not [secret for secret in ("SOLUTION", "HIDDEN", "rpartition", "a.b.c.example") if secret in text]
        written(store, cast.salma, worked_on(released.read_bytes(), code))
        written(store, teal, worked_on(released.read_bytes(), {"owner": code["owner"]}))
        for kind in (JobKind.COLLECT, JobKind.AUTOGRADE, JobKind.FEEDBACK):
            await done(store, runner, ask(store, kind))

    async def main() -> None:
        runner = Runner(store, config)
        runner.start()
        try:
            await asyncio.wait_for(body(runner), 120)
        finally:
            await runner.stop()

    asyncio.run(main())
    found = {(mark.student, mark.question): (mark.total, mark.is_open) for mark in scores(folder, LAB)}
    assert found == {("salma", name): (points, False) for name, points in TESTS.items()} | {
        ("teal-heron", name): (2.0 if name == "owner-test" else 0.0, False) for name in TESTS
    }
    with store.read() as db:
        facts = results.facts(db, cohort="river", catalogue=load(ROOT), language="en")
        request = Request(actor=cast.salma, now=clock.now(), db=db, config=config, path=HERE)
        feedback = rendered(pages.feedback(request), cast.salma)
    assert facts.gained == {(cast.salma.person, LAB): 12.0, (teal.person, LAB): 2.0}
    assert LAB not in {assessment.slug for assessment in facts.assessments}
    assert "12 of 12 points" in feedback
    assert "2. Where does a mail contradict itself?" in feedback


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Copy the lab and what it belongs to, to be spoiled."""
    for part in (f"assessments/{LAB}", "assessments/false-doors", "modules/false-doors"):
        shutil.copytree(ROOT / part, tmp_path / "content" / part)
    return tmp_path / "content"


def spoil(content: Path, old: str, new: str) -> None:
    """Replace text in the lab."""
    file = content / f"assessments/{LAB}/en/lab.py"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@confined
def test_the_check_runs_the_lab_with_its_solutions_and_without(content: Path) -> None:
    """A solution that is wrong, and a test that passes without one, are both found."""
    spoil(content, "columns].tolist() == [True, True, True]", "columns].tolist() == [True, True, False]")
    spoil(content, 'assert owner("bounce@news', 'owner = lambda address: address\nassert owner("bounce@news')
    spoil(content, 'found = first(mails)\nassert found[0] == "m01"\nassert "m02" not in found\n', "")
    hidden = 'assert found == ["m01", "m07", "m08", "m09", "m10"]\n'
    spoil(content, hidden + 'assert first(mails[mails["id"] == "m02"]) == []', "assert True")
    said = list(checks.remarks(load(content)))
    file = f"assessments/{LAB}/en/lab.py"
    assert f"{file}: signs-test: the solution gets 0 points, not 6" in said
    assert f"{file}: first-test: the learner's copy gets 4 points, not 0" in said
    assert len([one for one in said if "owner-test" in one]) == 1


@confined
def test_our_own_lab_gets_all_points_with_its_solutions_and_none_without() -> None:
    """As the check finds it, in confined processes."""
    assert list(checks.remarks(load(ROOT))) == []


def test_where_no_code_can_be_confined_the_check_says_so(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab that was not tried is no lab that was found to be sound."""

    def refuse(*_: object) -> None:
        message = "This system cannot confine code."
        raise Conflict(message, code="unconfined")

    monkeypatch.setattr(bridge, "autograde", refuse, raising=False)
    assert list(checks.remarks(load(content))) == [
        f"assessments/{LAB}/en/lab.py: it could not be run here: This system cannot confine code."
    ]


def test_a_changed_lab_changes_its_files(content: Path, config: Config) -> None:
    """A second release takes away what is no longer part of the lab."""
    course = replace(course_folder(config, "river"), course_id="river")
    notebook = nbformat.writes(build_assessment(load(content).assessment(LAB))).encode()
    bridge.release(course, LAB, notebook, "[]", None, (("one.txt", b"1"), ("two.txt", b"2")))
    bridge.release(course, LAB, notebook, "[]", None, (("two.txt", b"3"),))
    out = course.released(LAB).parent
    assert {file.name: file.read_bytes() for file in out.glob("*.txt")} == {"two.txt": b"3"}
    assert json.loads(course.released(LAB).read_bytes())["nbformat"] == 4


@confined
def test_answers_sent_after_a_notebook_leave_its_code_in_place(config: Config) -> None:
    """Where an assessment has both, the form changes the answers only; without a notebook the lab is worth 0."""
    lab = load(ROOT).assessment(LAB)
    assert lab.lab is not None
    both = replace(load(ROOT).assessment("false-doors"), slug="both", lab=lab.lab)
    course = course_folder(config, "river")
    notebook = nbformat.writes(build_assessment(both)).encode()
    bridge.release(course, "both", notebook, dump(both.questions), None, lab.lab.files)
    first = both.questions[0]
    at = clock.now()
    bridge.deliver(course, "both", Delivery(student="salma", submitted_at=at, notebook=notebook))
    changed = Delivery(student="salma", submitted_at=at + timedelta(seconds=1), notebook=notebook, answers={})
    bridge.deliver(course, "both", changed)
    answered = Delivery(student="teal", submitted_at=at, answers={first.id: answer_key(first)})
    bridge.deliver(course, "both", answered)
    bridge.collect(course, "both")
    assert bridge.autograde(course, "both")["notes"] == []
    found = {(mark.student, mark.question): mark.total for mark in scores(course, "both")}
    assert {name: found["salma", name] for name in (first.id, *TESTS)} == {first.id: 0.0, **TESTS}
    assert {name: found["teal", name] for name in (first.id, *TESTS)} == {first.id: first.points} | dict.fromkeys(
        TESTS, 0.0
    )
