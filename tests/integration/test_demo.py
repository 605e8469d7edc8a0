"""The main job, run by the command that newcomers run, against the real thing."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from academy.content.catalogue import load
from academy.demo.cast import COHORT
from academy.demo.formgrader import start_server
from academy.demo.programme import ASSESSMENT
from tests import independent
from tests.integration.conftest import ROOT, Academy

pytestmark = [pytest.mark.hub]

QUIZ = ROOT / "assessments" / ASSESSMENT / "en" / "quiz.yml"


@pytest.fixture(scope="module")
def report(academy: Academy) -> dict[str, Any]:
    """Run ``academy demo --json`` and return what it printed."""
    port = academy.url.rpartition(":")[2]
    environ = os.environ | {"ACADEMY_HOME": str(academy.config.home), "ACADEMY_PORT": port}
    command = [sys.executable, "-m", "academy.cli", "demo", "--json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def test_everybody_gets_to_the_end_of_the_path(report: dict[str, Any]) -> None:
    """34 people learn, answer, come to a session, are marked and read their feedback."""
    assert report["errors"] == []
    for figure in ("participants", "submissions", "collected", "autograded", "feedback_released", "check_ins"):
        assert report[figure] == 34, figure
    assert report["lessons_completed"] == 34 * 5
    assert report["manually_graded"] == report["awaiting_manual"] > 20
    assert report["sessions"] >= 1
    assert report["minutes_present"] > 34


@pytest.fixture(scope="module")
def gradebook(academy: Academy, report: dict[str, Any]) -> Iterator[sqlite3.Connection]:
    """Open nbgrader's own gradebook, past all our code."""
    file = academy.config.courses_dir / COHORT / "gradebook.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        yield db


def recorded(gradebook: sqlite3.Connection) -> dict[tuple[str, str], float | None]:
    """Return nbgrader's automatic score by student and name of the grade cell."""
    rows = gradebook.execute(
        """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score
        FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        """
    )
    return {(student, name): score for student, name, score in rows}


def sent(academy: Academy) -> dict[str, dict[str, Any]]:
    """Return the newest answers of each participant."""
    with closing(sqlite3.connect(academy.config.home / "store.db")) as db:
        rows = db.execute(
            "SELECT username, answers FROM submission JOIN person ON person.id = submission.person ORDER BY attempt"
        ).fetchall()
    return {username: json.loads(answers) for username, answers in rows}


def test_the_scores_in_nbgraders_gradebook_equal_an_independent_computation(
    academy: Academy, gradebook: sqlite3.Connection
) -> None:
    """For all 34, question by question, partial credit included."""
    scores, items = recorded(gradebook), independent.questions(QUIZ)
    answers = sent(academy)
    assert len(answers) == 34
    partial = 0
    for username, given in answers.items():
        for name, item in items.items():
            expected = independent.points(item, given.get(name))
            cell = name.lower().replace(".", "-") + ("" if item["type"] == "essay" else "-test")
            found = scores[username, cell]
            if expected is None:
                assert found is None, (username, name)
                continue
            assert found is not None, (username, name)
            assert abs(Fraction(found) - expected) < Fraction(1, 10**9), (username, name)
            partial += expected.denominator > 1
    assert partial > 10, "the demo's people must earn partial credit, or this shows nothing"


def test_the_learners_notebook_holds_no_key_no_hidden_test_and_no_rationale(
    academy: Academy, report: dict[str, Any]
) -> None:
    """Neither in what was released nor in what anybody sent; and the release holds nothing but the notebook."""
    course = academy.config.exchange_dir / COHORT
    released = [file for file in (course / "outbound").rglob("*") if file.is_file()]
    assert [file.name for file in released] == [f"{ASSESSMENT}.ipynb"]
    sent_in = list((course / "inbound").rglob("*.ipynb"))
    assert len(sent_in) >= 34
    answers = forms_of(QUIZ)  # somebody who knows the answer types it, so it may stand in what she sent
    for file in (*released, *sent_in):
        text = file.read_text(encoding="utf-8")
        for secret in secrets_of(QUIZ) + (answers if file in released else []):
            assert secret not in text
            assert json.dumps(secret)[1:-1] not in text


def secrets_of(quiz: Path) -> list[str]:
    """Return every sentence of the quiz that a learner must not see before she has answered."""
    found = ["HIDDEN TESTS", "BEGIN SOLUTION"]
    for item in independent.questions(quiz).values():
        found += [item[key] for key in ("why", "guidance") if key in item]
        found += [part["why"] for key in ("options", "right", "common_errors") for part in item.get(key, [])]
    return found


def forms_of(quiz: Path) -> list[str]:
    """Return every accepted form of a short answer that the question does not mention itself."""
    items = independent.questions(quiz).values()
    return [form for item in items for form in item.get("accept", []) if len(form) > 6 and form not in item["stem"]]


def test_nbgraders_own_list_sees_the_course_folder_unchanged(academy: Academy, report: dict[str, Any]) -> None:
    """``nbgrader list --inbound`` in the course folder names every participant."""
    folder = academy.config.courses_dir / COHORT
    program = Path(sys.executable).with_name("nbgrader")
    environ = {"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(folder)}
    command = [str(program), "list", ASSESSMENT, "--inbound"]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = {account.username for account in academy.of_role("participant")}
    assert all(name in done.stderr + done.stdout for name in names)


def test_the_content_of_the_demo_is_the_content_in_the_repository(academy: Academy) -> None:
    """The independent computation reads the same file that the academy serves."""
    catalogue = load(academy.config.content)
    assert {q.id for q in catalogue.assessment(ASSESSMENT).questions} == set(independent.questions(QUIZ))


def test_the_released_notebook_opens_in_the_facilitators_jupyterlab(academy: Academy, report: dict[str, Any]) -> None:
    """The same file: her server's JupyterLab answers and reads it as a notebook."""
    (host, *_) = academy.of_role("facilitator")
    server = f"/user/{host.username}/{COHORT}"
    with academy.visit(host.username) as visitor:
        start_server(visitor, COHORT)
        assert "JupyterLab" in visitor.open(f"{server}/lab").get_text() + str(visitor.page.title)
        answer = visitor.http.get(f"{server}/api/contents/release/{ASSESSMENT}/{ASSESSMENT}.ipynb")
    notebook = answer.json()
    assert notebook["type"] == "notebook"
    assert any(cell["metadata"].get("nbgrader") for cell in notebook["content"]["cells"])
