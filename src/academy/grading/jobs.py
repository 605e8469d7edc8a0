"""The runner: takes open jobs from the store, one after the other, and has nbgrader do them.

Every job may run twice: what a kill breaks off is simply done again after the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from academy import clock
from academy.config import Config
from academy.content.build import build_assessment
from academy.content.catalogue import load
from academy.errors import AcademyError
from academy.grading import actions, queries
from academy.grading.keys import dump
from academy.grading.model import CourseFolder, Job, JobKind, course_folder
from academy.grading.worker import Worker
from academy.languages.phrases import phrase
from academy.people import queries as people
from academy.store.database import Store

__all__ = ["Runner"]

LOG = logging.getLogger("academy.grading")
IDLE = 30.0
"""Seconds after which the runner looks by itself, in case nobody woke it."""
REST = 10
"""Idle looks after which the grading process is let go."""


class Runner:
    """Runs jobs inside the web service's event loop; the work itself happens in another process."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._config = config
        self._worker = Worker()
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._idle = 0

    def start(self) -> None:
        """Begin, with what was left open."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """Say that something may have been asked for. Call it after the transaction, in the event loop."""
        self._asked.set()

    async def stop(self) -> None:
        """Stop; a job that runs is taken up again at the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._worker.end()

    async def _run(self) -> None:
        while True:
            self._asked.clear()
            try:
                while await self._one():
                    self._idle = 0
            except Exception:
                LOG.exception("The job runner will look again in %s seconds", IDLE)
            await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(IDLE):  # unlike wait_for in Python 3.11, it never loses a cancellation
                await self._asked.wait()
        except TimeoutError:
            self._idle += 1
            if self._idle == REST:
                self._worker.rest()

    async def _one(self) -> bool:
        """Run one job and tell whether there was one."""
        job = await asyncio.to_thread(self._begin)
        if job is None:
            return False
        result, error = None, None
        try:
            result = await STEPS[job.kind](self, job)
        except AcademyError as problem:
            error = str(problem.message)
        except Exception:
            LOG.exception("Job %s (%s) failed", job.id, job.kind)
            error = str(phrase("Something broke on our side. Nothing is lost; please try again."))
        await asyncio.to_thread(self._finish, job, clock.now(), result, error)
        return True

    def _begin(self) -> Job | None:
        with self._store.write() as db:
            actions.ask_deliveries(db, now=clock.now())
            return actions.begin(db, now=clock.now())

    def _finish(self, job: Job, now: datetime, result: dict[str, Any] | None, error: str | None) -> None:
        with self._store.write() as db:
            actions.finish(db, job=job, now=now, result=result, error=error)

    async def _read(self, query: Callable[..., Any], **names: Any) -> Any:
        def run() -> Any:
            with self._store.read() as db:
                return query(db, **names)

        return await asyncio.to_thread(run)

    def _folder(self, job: Job) -> CourseFolder:
        return course_folder(self._config, job.cohort)

    async def release(self, job: Job) -> dict[str, Any]:
        """Build the assessment, put it into the exchange, and the participants into the gradebook."""
        folder = self._folder(job)
        about = await self._read(queries.release_of, cohort=job.cohort, assessment=job.assessment)
        notebook, key, files = await asyncio.to_thread(_built, self._config.content, job.assessment)
        due = about.due_at if about else None
        await self._worker.call("release", folder, job.assessment, notebook, key, due, files)
        members = await self._read(lambda db: people.participants(db, job.cohort))
        await self._worker.call("add_students", folder, [member.username for member in members])
        return {}

    async def deliver(self, job: Job) -> dict[str, Any]:
        """Hand in every submission that waits."""
        waiting = await self._read(queries.waiting_deliveries, cohort=job.cohort, assessment=job.assessment)
        if not waiting:
            return {"delivered": [], "stuck": [], "notes": []}
        deliveries = [delivery for _, delivery in waiting]
        problems = await self._worker.call("deliver_all", self._folder(job), job.assessment, deliveries)
        done = list(zip(waiting, problems, strict=True))
        return {
            "delivered": [submission for (submission, _), problem in done if problem is None],
            "stuck": [submission for (submission, _), problem in done if problem is not None],
            "notes": [{"student": delivery.student, "note": problem} for (_, delivery), problem in done if problem],
        }

    async def collect(self, job: Job) -> dict[str, Any]:
        """Hand in what still waits, then collect everybody's newest attempt."""
        handed = await self.deliver(job)
        found = await self._worker.call("collect", self._folder(job), job.assessment)
        return {
            "delivered": handed["delivered"],
            "collected": len(found["students"]),
            "notes": handed["notes"] + found["notes"],
        }

    async def autograde(self, job: Job) -> dict[str, Any]:
        """Mark what was collected."""
        found = await self._worker.call("autograde", self._folder(job), job.assessment)
        return {"autograded": len(found["submissions"]), "notes": found["notes"]}

    async def feedback(self, job: Job) -> dict[str, Any]:
        """Release feedback; the rows are written together with the end of the job."""
        return {"rows": await self._worker.call("release_feedback", self._folder(job), job.assessment)}


STEPS: dict[JobKind, Callable[[Runner, Job], Awaitable[dict[str, Any]]]] = {
    JobKind.RELEASE: Runner.release,
    JobKind.DELIVER: Runner.deliver,
    JobKind.COLLECT: Runner.collect,
    JobKind.AUTOGRADE: Runner.autograde,
    JobKind.FEEDBACK: Runner.feedback,
}


def _built(content: Path, assessment: str) -> tuple[bytes, str, tuple[tuple[str, bytes], ...]]:
    """Return the instructor's notebook, the questions with their keys, and a lab's files."""
    found = load(content).assessment(assessment)
    notebook = nbformat.writes(build_assessment(found)).encode()
    return notebook, dump(found.questions), found.lab.files if found.lab else ()
