"""The main job without a browser: everybody does what she came for, and one JSON object says how it went."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import httpx

from academy.config import Config, load
from academy.content.answers import to_fields
from academy.content.catalogue import load as load_content
from academy.content.model import Assessment
from academy.demo.answers import answers_of
from academy.demo.cast import COHORT, FACILITATORS, Account, read_accounts
from academy.demo.formgrader import mark_by_hand
from academy.demo.programme import ACCOUNTS, ASSESSMENT, plan_session, visit
from academy.demo.server import running
from academy.demo.visitor import Broken, Visitor

__all__ = ["Report", "main", "walk"]

MARKED_BY_HAND = 4
"""So many participants have no phone at hand, and the facilitator marks them."""


@dataclass(slots=True)
class Report:
    """What happened, in counts; ``errors`` holds a sentence for each path that broke."""

    participants: int = 0
    lessons_completed: int = 0
    submissions: int = 0
    collected: int = 0
    autograded: int = 0
    awaiting_manual: int = 0
    manually_graded: int = 0
    feedback_released: int = 0
    sessions: int = 0
    check_ins: int = 0
    minutes_present: float = 0.0
    errors: list[str] = field(default_factory=list)

    @contextmanager
    def path_of(self, username: str) -> Iterator[None]:
        """Note a broken path and go on with the next person."""
        try:
            yield
        except (Broken, httpx.HTTPError) as error:
            self.errors.append(f"{username}: {error}")


def main(arguments: Sequence[str]) -> int:
    """Walk through the demo and print what happened; exit code 1 if any path broke."""
    parser = argparse.ArgumentParser(prog="academy demo", description="The main job, over HTTP, without a browser.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    with _running(load()) as (base_url, config):
        report = walk(base_url, config)
    print(json.dumps(asdict(report)) if options.json else _readable(report))
    return 1 if report.errors else 0


def _readable(report: Report) -> str:
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in asdict(report).items())


@contextmanager
def _running(config: Config) -> Iterator[tuple[str, Config]]:
    """Give the address of the running academy, or start one on a free port and stop it afterwards."""
    base_url = f"http://127.0.0.1:{config.port}"
    if _answers(base_url) and (config.home / ACCOUNTS).exists():
        yield base_url, config
        return
    with running(config) as started_at:
        yield started_at, config


def _answers(base_url: str) -> bool:
    try:
        return httpx.get(f"{base_url}/hub/health", trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False


def walk(base_url: str, config: Config) -> Report:
    """Do the whole path once: lessons, answers, a live session, marking, feedback."""
    accounts = read_accounts(config.home / ACCOUNTS)
    report = Report()
    participants = [account for account in accounts if account.role == "participant"]
    report.participants = len(participants)
    host_account = next(account for account in accounts if account.username == FACILITATORS[0])
    assessment = load_content(config.content).assessment(ASSESSMENT)
    with report.path_of(host_account.username), visit(base_url, host_account) as host:
        session = _open_session(host)
        arriving = participants[:-MARKED_BY_HAND]
        for account in participants:
            with report.path_of(account.username), visit(base_url, account) as visitor:
                code = _code(host, session) if account in arriving else None
                _take_part(visitor, account, assessment, report, session=session, code=code)
        _keep_register(host, session, participants[-MARKED_BY_HAND:], report)
        _grade(host, host_account, report)
    for account in participants:
        with report.path_of(account.username), visit(base_url, account) as visitor:
            _read_feedback(visitor, report)
    return report


def _open_session(host: Visitor) -> str:
    session = plan_session(host, f"Live session, {datetime.now(UTC):%H:%M}", datetime.now(UTC))
    host.send("/open")
    return session


def _code(host: Visitor, session: str) -> str:
    register = host.api(f"/c/{COHORT}/sessions/{session}/register")
    return str(register["code"])


def _take_part(
    visitor: Visitor, account: Account, assessment: Assessment, report: Report, *, session: str, code: str | None
) -> None:
    if code is not None:
        visitor.open(f"/c/{COHORT}/sessions/{session}/check-in")
        visitor.send("/check-in", {"code": code, "naming": _naming(account)})
    visitor.open(f"/c/{COHORT}")
    for path in _lesson_paths(visitor):
        visitor.open(path)
        visitor.send("/done")
        report.lessons_completed += 1
    _answer(visitor, account, assessment)
    report.submissions += 1


def _naming(account: Account) -> str:
    """Return one of the three choices, each taken by some."""
    choices = ("pseudonym", "pseudonym", "pseudonym", "named", "count")
    return choices[sum(account.username.encode()) % len(choices)]


def _lesson_paths(visitor: Visitor) -> list[str]:
    """Return the lessons of the first week: the others are still before them."""
    links = visitor.page.select(".weeks > li:first-child a[href*='/lessons/']")
    return [str(link["href"]) for link in links]


def _answer(visitor: Visitor, account: Account, assessment: Assessment) -> None:
    visitor.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
    answers = answers_of(account.username, assessment)
    fields: dict[str, list[str]] = {"then": ["review"]}
    for question in assessment.questions:
        fields |= to_fields(question, answers.get(question.id))
    visitor.send("/save", fields)
    visitor.send("/submit")
    if not visitor.has("Receipt number"):
        message = "no receipt after sending"
        raise Broken(message)


def _keep_register(host: Visitor, session: str, by_hand: Sequence[Account], report: Report) -> None:
    register = host.api(f"/c/{COHORT}/sessions/{session}/register")
    people = {row["name"]: row["person"] for row in register["rows"]}
    for account in by_hand:
        host.open(f"/c/{COHORT}/sessions/{session}/register")
        host.send("/marks", {"person": people[account.username], "status": "present"})
    host.open(f"/c/{COHORT}/sessions/{session}/register")
    host.send("/close")
    closed = host.api(f"/c/{COHORT}/sessions/{session}/register")
    report.sessions = len(host.api(f"/c/{COHORT}/sessions")["sessions"])
    report.check_ins = closed["totals"]["present"]
    report.minutes_present = round(sum(row["minutes"] or 0 for row in closed["rows"]), 1)


def _grade(host: Visitor, account: Account, report: Report) -> None:
    collected = host.ask_and_wait(COHORT, ASSESSMENT, "collect")
    host.ask_and_wait(COHORT, ASSESSMENT, "autograde")
    scores = host.api(f"/c/{COHORT}/assessments/{ASSESSMENT}/scores")["scores"]
    report.collected = collected["collected"]
    report.autograded = len({row["student"] for row in scores})
    report.awaiting_manual = sum(row["needs_manual_grade"] for row in scores)
    report.manually_graded = mark_by_hand(host, account.username, COHORT, ASSESSMENT)
    host.ask_and_wait(COHORT, ASSESSMENT, "feedback")


def _read_feedback(visitor: Visitor, report: Report) -> None:
    visitor.open(f"/c/{COHORT}/assessments/{ASSESSMENT}/feedback")
    report.feedback_released += 1
