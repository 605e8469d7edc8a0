"""The runner: what is asked for is done by nbgrader, in order, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from academy import clock
from academy.config import Config
from academy.content.catalogue import load
from academy.content.scoring import answer_key, score
from academy.errors import NotFound
from academy.grading import actions, queries
from academy.grading.gradebook import scores
from academy.grading.jobs import Runner
from academy.grading.model import Job, JobKind, course_folder
from academy.grading.worker import Worker
from academy.learning.actions import submit
from academy.people.model import Role
from academy.rights import Actor
from academy.store.database import Store
from tests.conftest import Cast, enrol

HERE: dict[str, Any] = {"cohort": "river", "assessment": "what-we-protect"}

Body = Callable[[Runner], Awaitable[None]]


def running(store: Store, config: Config, body: Body) -> None:
    """Run ``body`` beside a runner that is stopped afterwards."""

    async def main() -> None:
        runner = Runner(store, config)
        runner.start()
        try:
            await asyncio.wait_for(body(runner), 120)
        finally:
            await runner.stop()

    asyncio.run(main())


async def ended(store: Store, runner: Runner, number: int) -> Job:
    """Wake the runner and wait for the end of a job."""
    runner.wake()
    while True:
        with store.read() as db:
            job = queries.job(db, cohort="river", number=number)
        if job.ended_at is not None:
            return job
        await asyncio.sleep(0.02)


def ask(store: Store, kind: JobKind) -> int:
    """Ask for a step as the facilitator."""
    with store.write() as db:
        return actions.ask(db, actor="anika", now=clock.now(), kind=kind, **HERE)


def release(store: Store, cast: Cast) -> int:
    """Ask for the release."""
    now = clock.now()
    with store.write() as db:
        return actions.release(db, actor=cast.anika, now=now, due_at=now + timedelta(days=7), **HERE)


def send(store: Store, who: Actor, answers: dict[str, Any], nonce: str = "nonce-one") -> None:
    """Send answers."""
    with store.write() as db:
        submit(db, actor=who, now=clock.now(), answers=answers, nonce=nonce, most_attempts=None, **HERE)


def test_a_cohort_goes_all_the_way_and_a_second_attempt_too(store: Store, cast: Cast, config: Config) -> None:
    """Release, answers, collect, mark, feedback: each by one request, with the right points at the end.

    A step that cannot be done yet ends in one sentence, and the runner goes on.
    """
    questions = load(config.content).assessment("what-we-protect").questions
    essay = questions[-1]
    right = {question.id: answer_key(question) for question in questions[:-1]}
    teal = enrol(store, "teal-heron", Role.PARTICIPANT, "river")

    async def body(runner: Runner) -> None:
        too_early = await ended(store, runner, ask(store, JobKind.COLLECT))
        assert too_early.error == "This assessment has not been released to the cohort yet."
        assert (too_early.result, too_early.state) == (None, "failed")
        assert (await ended(store, runner, release(store, cast))).error is None
        send(store, cast.salma, right | {essay.id: "A plan."})
        send(store, teal, {"DS1.1": "a"})
        send(store, teal, {"DS1.1": "b"}, nonce="nonce-two")
        collected = await ended(store, runner, ask(store, JobKind.COLLECT))
        assert collected.result is not None
        assert collected.result["collected"] == 2
        marked = await ended(store, runner, ask(store, JobKind.AUTOGRADE))
        assert marked.result == {"autograded": 2, "notes": []}
        informed = await ended(store, runner, ask(store, JobKind.FEEDBACK))
        assert informed.result == {"people": 2}

    running(store, config, body)
    with store.read() as db:
        assert queries.waiting_deliveries(db, **HERE) == []
        mine = queries.feedback_of(db, person=str(cast.salma.person), **HERE)
        theirs = queries.feedback_of(db, person=str(teal.person), **HERE)
    assert mine is not None
    assert {mark.question: mark.score for mark in mine[1]} == {
        question.id: score(question, right.get(question.id, "A plan.")).points for question in questions
    }
    assert theirs is not None
    assert theirs[0] == {"DS1.1": "b"}
    assert next(mark.score for mark in theirs[1] if mark.question == "DS1.1") == 1
    assert {mark.student for mark in scores(course_folder(config, "river"), "what-we-protect")} == {
        "salma",
        "teal-heron",
    }


def test_what_a_kill_broke_off_is_done_after_the_next_start(store: Store, cast: Cast, config: Config) -> None:
    """A job that had begun, and answers that nobody asked to deliver, are taken up by a new runner unasked."""
    number = release(store, cast)
    with store.write() as db:
        actions.begin(db, now=clock.now())

    async def first(runner: Runner) -> None:
        assert (await ended(store, runner, number)).error is None

    running(store, config, first)
    send(store, cast.salma, {"DS1.1": "b"})

    async def second(runner: Runner) -> None:
        while True:
            with store.read() as db:
                if not queries.waiting_deliveries(db, **HERE):
                    return
            await asyncio.sleep(0.02)

    running(store, config, second)
    folder = course_folder(config, "river")
    assert len(list(folder.inbound.iterdir())) == 1


def with_worker(body: Callable[[Worker], Coroutine[Any, Any, None]]) -> None:
    """Run ``body`` with a worker that is ended afterwards."""

    async def main() -> None:
        worker = Worker()
        try:
            await asyncio.wait_for(body(worker), 60)
        finally:
            worker.end()

    asyncio.run(main())


def test_a_worker_that_was_killed_is_replaced(cast: Cast, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next call starts a new process; errors come back as they were raised; no secret is handed on."""
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token")
    monkeypatch.setenv("ACADEMY_HUB_TOKEN", "a-token")
    folder = course_folder(config, "river")

    async def body(worker: Worker) -> None:
        await worker.call("prepare_course", folder)
        assert worker._pool is not None
        (process,) = worker._pool._processes.values()
        assert await asyncio.get_running_loop().run_in_executor(worker._pool, secrets_here) == []
        os.kill(int(process.pid or 0), signal.SIGKILL)
        await worker.call("prepare_course", folder)
        with pytest.raises(NotFound, match="has not been released"):
            await worker.call("collect", folder, "what-we-protect")

    with_worker(body)
    assert (folder.root / "nbgrader_config.py").exists()


def secrets_here() -> list[str]:
    """Return the names in the environment that would hold a secret of the Hub."""
    return [name for name in os.environ if "TOKEN" in name]
