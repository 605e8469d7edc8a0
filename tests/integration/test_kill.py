"""What was acknowledged survives a kill of the service, whenever it comes."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import psutil
import pytest

from academy import clock
from academy.demo.cast import COHORT
from academy.demo.programme import ASSESSMENT, plan_session
from academy.demo.visitor import SERVICE, Broken, Visitor
from tests.integration.conftest import Academy

pytestmark = [pytest.mark.hub]

PATIENCE = 60  # seconds
HERE = f"{SERVICE}/api/c/{COHORT}/assessments/{ASSESSMENT}"


def service(academy: Academy) -> psutil.Process | None:
    """Return the academy service's process."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "academy.web" in process.cmdline():
                return process
    return None


def kill_when(asked: threading.Event, academy: Academy) -> None:
    """Kill the service the moment the event is set."""
    process = service(academy)
    assert process is not None
    asked.wait(PATIENCE)
    process.kill()


def through_a_kill(academy: Academy, act: Callable[[int], None], *, acknowledged: list[int], before: int) -> None:
    """Repeat ``act`` with 0, 1, 2, … through a kill and past it; what did not raise is acknowledged."""
    asked = threading.Event()
    killer = threading.Thread(target=kill_when, args=(asked, academy))
    killer.start()
    until, after, number = time.monotonic() + PATIENCE, 0, 0
    while after < 5:
        assert time.monotonic() < until, "the service did not come back"
        try:
            act(number)
        except (httpx.HTTPError, Broken):
            continue
        acknowledged.append(number)
        after += not killer.is_alive()
        if len(acknowledged) == before:
            asked.set()
        number += 1
    killer.join()


def send(visitor: Visitor, path: str, body: dict[str, object]) -> dict[str, object]:
    """Post JSON; raises where it was not acknowledged."""
    response = visitor.http.post(f"{HERE}{path}", json=body, headers=visitor.xsrf_header(HERE), timeout=5)
    if response.is_error:
        raise Broken(str(response.status_code))
    return dict(response.json())


def read(academy: Academy, query: str, *values: object) -> list[tuple[object, ...]]:
    """Read the store's file, past all our code."""
    with closing(sqlite3.connect(academy.config.home / "store.db")) as db:
        return db.execute(query, values).fetchall()


def test_a_saved_draft_survives(academy: Academy) -> None:
    """The last acknowledged draft, or one sent after it, is what is kept."""
    account = academy.of_role("participant")[0]
    acknowledged: list[int] = []
    with academy.visit(account.username) as visitor:

        def save(number: int) -> None:
            send(visitor, "/draft", {"fields": {"DS1.3": [str(number)]}})

        through_a_kill(academy, save, acknowledged=acknowledged, before=10)
    query = """SELECT answer FROM draft JOIN person ON person.id = draft.person
               WHERE username = ? AND question = 'DS1.3'"""
    ((kept,),) = read(academy, query, account.username)
    assert json.loads(str(kept)) == str(acknowledged[-1])


def test_each_acknowledged_sending_is_there_exactly_once(academy: Academy) -> None:
    """Repeats with the same nonce make no second attempt; attempts are numbered without a gap."""
    account = academy.of_role("participant")[1]
    receipts: dict[int, object] = {}
    query = """SELECT nonce, number, attempt FROM submission JOIN person ON person.id = submission.person
               WHERE username = ? ORDER BY attempt"""
    earlier = len(read(academy, query, account.username))
    with academy.visit(account.username) as visitor:

        def submit(number: int) -> None:
            body = {"fields": {"DS1.3": [str(number)]}, "nonce": f"kill-test-{number}"}
            receipts[number] = send(visitor, "/submissions", body)["number"]

        through_a_kill(academy, submit, acknowledged=[], before=10)
    kept = read(academy, query, account.username)
    mine = {nonce: number for nonce, number, _ in kept[earlier:]}
    assert [attempt for _, _, attempt in kept] == list(range(1, len(kept) + 1))
    assert mine == {f"kill-test-{number}": receipt for number, receipt in receipts.items()}


def test_everybody_who_was_told_that_she_is_in_stands_in_the_register_once(academy: Academy) -> None:
    """Ten people check in while the service dies; each repeats until she is told that she is in."""
    accounts = academy.of_role("participant")[2:12]
    with academy.visit("nura-hadel") as host, contextlib.ExitStack() as stack:
        session = plan_session(host, "Session with a power cut", clock.now())
        host.send("/open")
        people = [stack.enter_context(academy.visit(account.username)) for account in accounts]
        page = f"/c/{COHORT}/sessions/{session}/check-in"
        told: dict[int, bool] = {}

        def check_in(number: int) -> None:
            visitor = people[number % len(people)]
            visitor.open(page)
            if not visitor.has("You are in"):
                code = host.api(f"/c/{COHORT}/sessions/{session}/register")["code"]
                visitor.send("/check-in", {"code": code, "naming": "pseudonym"})
            told[number % len(people)] = True

        through_a_kill(academy, check_in, acknowledged=[], before=4)
        for number in range(len(people)):
            check_in(number)
    claims = read(academy, "SELECT person, COUNT(*) FROM claim WHERE session = ? GROUP BY person", session)
    assert len(told) == len(claims) == len(people)
    assert {count for _, count in claims} == {1}
