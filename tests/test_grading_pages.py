"""The facilitator's page of an assessment, the participant's feedback, and the same over JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import nbformat
import pytest
from markupsafe import Markup

from academy.config import Config
from academy.content.build import build_assessment
from academy.content.catalogue import load
from academy.errors import AcademyError, BadInput, NotFound
from academy.grading import actions, api, bridge, pages, queries
from academy.grading.gradebook import Score
from academy.grading.keys import dump
from academy.grading.model import Delivery, JobKind, Verdict, course_folder
from academy.grading.overview import in_words
from academy.grading.progress_file import ProgressFile
from academy.learning.actions import submit
from academy.people.model import Role
from academy.rights import Actor, Right
from academy.routing import Json, Redirect, Response
from academy.store.database import Store
from tests.conftest import NOW, Cast, enrol
from tests.pages import rendered

ROUTES = {(route.method, route.path): route for route in (*pages.ROUTES, *api.ROUTES)}
HERE = "/c/{cohort}/facilitate/assessments/{assessment}"
API = "/api/c/{cohort}/assessments/{assessment}"
FEEDBACK = "/c/{cohort}/assessments/{assessment}/feedback"
ASSESSMENT = "what-we-protect"
PLACE: dict[str, Any] = {"cohort": "river", "assessment": ASSESSMENT}
LATER = NOW + timedelta(hours=1)


class World:
    """Somebody's browser: calls routes and renders what comes back."""

    def __init__(self, call: Callable[..., Response], store: Store, cast: Cast, config: Config) -> None:
        self.call, self.store, self.cast, self.config = call, store, cast, config

    def do(self, actor: Actor, method: str, path: str, **parts: Any) -> Response:
        """Call a route in the cohort ``river``."""
        where = {"cohort": "river", "assessment": ASSESSMENT} | parts.pop("where", {})
        return self.call(ROUTES[method, path], actor, path=where, **parts)

    def html(self, actor: Actor, method: str = "GET", path: str = HERE, **parts: Any) -> str:
        """Call a route and render the page as the service does."""
        response = self.do(actor, method, path, **parts)
        return rendered(response, actor)

    def json(self, actor: Actor, method: str, path: str, **parts: Any) -> Any:
        """Call a route of the API."""
        response = self.do(actor, method, path, **parts)
        assert isinstance(response, Json)
        return response.data

    def finish(self, **result: Any) -> None:
        """End the next job, as if nbgrader had done its part."""
        with self.store.write() as db:
            job = actions.begin(db, now=NOW)
            assert job is not None
            actions.finish(db, job=job, now=NOW, result=result)

    def release(self) -> None:
        """Release the assessment."""
        self.do(self.cast.anika, "POST", f"{HERE}/release", body={"due_at": "2026-12-01T18:00"})
        self.finish()

    def send(self, who: Actor, answers: dict[str, Any]) -> None:
        """Send answers."""
        with self.store.write() as db:
            submit(db, actor=who, now=LATER, answers=answers, nonce="nonce-one", most_attempts=None, **PLACE)


@pytest.fixture
def world(call: Callable[..., Response], store: Store, cast: Cast, config: Config) -> World:
    """Put the cast into a world in which nothing is released."""
    return World(call, store, cast, config)


def main_action(html: str) -> str:
    """Return what the one main thing to do is called; empty where there is none."""
    card = html.partition('class="card next"')[2].partition("</section>")[0]
    found = re.findall(r'<button>(.*?)</button>|<a class="button"[^>]*>(.*?)</a>', card)
    assert len(found) <= 1
    return "".join(found[0]) if found else ""


def test_every_route_is_closed_to_everybody_else() -> None:
    """Only facilitators of the cohort mark; only its participants read their feedback."""
    rights = {path: route.right for (_, path), route in ROUTES.items()}
    assert rights.pop(FEEDBACK) is Right.TAKE
    assert set(rights.values()) == {Right.FACILITATE}


def test_before_the_release_the_page_offers_it_with_a_deadline(world: World) -> None:
    """The deadline to begin with is counted from the week of the assessment, in the cohort's zone."""
    html = world.html(world.cast.anika)
    assert main_action(html) == "Release to the cohort"
    assert re.search(r'name="due_at" type="datetime-local" value="2026-12-\d\dT23:59"', html)
    assert "http-equiv" not in html


def test_a_job_in_progress_is_shown_and_the_page_looks_again(world: World) -> None:
    """While something runs there is nothing to press, and the page reloads itself."""
    response = world.do(world.cast.anika, "POST", f"{HERE}/release", body={"due_at": "2026-12-01T18:00"})
    assert response == Redirect(f"/c/river/facilitate/assessments/{ASSESSMENT}")
    html = world.html(world.cast.anika)
    assert '<meta http-equiv="refresh" content="2">' in html
    assert "Releasing to the cohort" in html
    assert main_action(html) == ""
    world.finish()
    html = world.html(world.cast.anika)
    assert "http-equiv" not in html
    assert "Tuesday 1 December 2026, 18:00" in html


def test_while_marking_runs_page_and_json_say_how_far_it_is(world: World) -> None:
    """A number in words and a bar without any script; nothing of it before marking begins or after it has ended."""
    world.release()
    world.do(world.cast.anika, "POST", f"{HERE}/autograde", body={})
    with world.store.read() as db:
        waiting = queries.jobs(db, **PLACE)[JobKind.AUTOGRADE]
    where = {"job": str(waiting.id)}
    folder = course_folder(world.config, "river")
    with ProgressFile(folder, ASSESSMENT) as far:
        far.write(12, 34)
        assert "<progress" not in world.html(world.cast.anika), "it has not begun"
        with world.store.write() as db:
            job = actions.begin(db, now=NOW)
        html = world.html(world.cast.anika)
        assert '<p id="marked">12 of 34 marked</p>' in html
        assert '<progress class="meter" max="34" value="12" aria-labelledby="marked">' in html
        assert "http-equiv" in html
        found = world.json(world.cast.anika, "GET", "/api/c/{cohort}/jobs/{job}", where=where)
        assert (found["state"], found["progress"]) == ("running", {"done": 12, "total": 34})
        far.write(0, 0)
        assert "<progress" not in world.html(world.cast.anika), "there is nothing to mark"
    assert job is not None
    with world.store.write() as db:
        actions.finish(db, job=job, now=NOW, result={"autograded": 34, "notes": []})
    assert world.json(world.cast.anika, "GET", "/api/c/{cohort}/jobs/{job}", where=where)["progress"] is None
    assert "<progress" not in world.html(world.cast.anika)


@pytest.mark.parametrize(
    ("verdict", "reason", "sentence"),
    [
        (Verdict.DID_NOT_RUN, "", "This answer could not be read."),
        (
            Verdict.DID_NOT_RUN,
            "The notebook's process had ended before.",
            "This test gave no result: the notebook's process had ended before.",
        ),
        (Verdict.TIMED_OUT, "It took longer.", "This test was stopped: it took longer."),
        (Verdict.OUT_OF_MEMORY, "", "This test needed too much memory and was stopped."),
        (Verdict.KERNEL_DIED, "It ended.", "This test did not come to its end: it ended."),
        (
            Verdict.TAMPERED,
            "This test cannot be trusted: “len” was replaced.",
            "This test could not be trusted: “len” was replaced.",
        ),
        (Verdict.TAMPERED, "", "This test could not be trusted."),
    ],
)
def test_each_open_answer_has_one_sentence(verdict: Verdict, reason: str, sentence: str) -> None:
    """It says what happened, not who is to blame."""
    assert in_words(verdict, reason) == sentence


def line(student: str, question: str, **more: Any) -> Score:
    """Return an open line of the gradebook."""
    values: dict[str, Any] = {"auto": None, "manual": None, "needs_manual_grade": True, "written": False} | more
    return Score(student=student, question=question, most=1.0, extra=0.0, comment="", submitted_at=LATER, **values)


def test_open_answers_are_listed_with_what_happened_and_notes_stand_apart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line for each open answer, one for a submission that says nothing; a note is no reason for anything."""
    world.release()
    marks = [
        line("salma", "lab", found=Verdict.TIMED_OUT, reason="It took longer than the time limit."),
        line("salma", "lab-two", found=Verdict.TAMPERED, reason="This test cannot be trusted: <b>x</b>."),
        line("salma", "DS1.1", auto=1.0, needs_manual_grade=False),
        line("salma", "DS1.2", manual=1.0, needs_manual_grade=False),
        line("salma", "DS1-A", written=True),
        line("teal", "DS1.1"),
        line("teal", "DS1.2"),
    ]
    assert [mark.total for mark in marks] == [None, None, 1.0, 1.0, None, None, None]
    monkeypatch.setattr("academy.grading.overview.scores", lambda *_: marks)
    said = [("salma", "“lab” uses eval. That may be fine."), ("salma", "Another note."), ("teal", "It is unreadable.")]
    old = [("salma", "A note about an attempt before.")]
    for notes, when in ((old, NOW), (said, LATER + timedelta(minutes=1)), ([], LATER + timedelta(minutes=2))):
        world.do(world.cast.anika, "POST", f"{HERE}/autograde", body={})
        with world.store.write() as db:
            job = actions.begin(db, now=when)
            assert job is not None
            result = {"autograded": 2, "notes": [{"student": student, "note": note} for student, note in notes]}
            actions.finish(db, job=job, now=when, result=result)
    html = world.html(world.cast.anika)
    eyes = html.partition('<ul aria-labelledby="eye">')[2].partition("</ul>")[0]
    notes_part = html.partition('<ul aria-labelledby="noticed">')[2].partition("</ul>")[0]
    assert re.findall(r"<li>.*?</li>", re.sub(r"</?(?:strong|bdi)[^>]*>", "", eyes)) == [
        "<li>teal: It is unreadable.</li>",
        "<li>salma, question lab: This test was stopped: it took longer than the time limit.</li>",
        "<li>salma, question lab-two: This test could not be trusted: &lt;b&gt;x&lt;/b&gt;.</li>",
    ]
    assert re.findall(r"<li>.*?</li>", re.sub(r"</?(?:strong|bdi)[^>]*>", "", notes_part)) == [
        "<li>salma: “lab” uses eval. That may be fine.</li>",
        "<li>salma: Another note.</li>",
    ]


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01T10:00", "2026-01-01T10:00", "9" * 40])
def test_a_deadline_that_is_none_is_said_beside_the_form(world: World, text: str) -> None:
    """The page comes back with one sentence, what was typed, and nothing changed."""
    html = world.html(world.cast.anika, "POST", f"{HERE}/release", body={"due_at": text})
    assert 'role="alert"' in html
    assert f'value="{text}"' in html
    with world.store.read() as db:
        assert queries.release_of(db, **PLACE) is None


def test_who_has_not_sent_and_how_many_have(world: World) -> None:
    """The names of those who sent nothing, and the number to collect."""
    teal = enrol(world.store, "teal-heron", Role.PARTICIPANT, "river")
    world.release()
    assert "Nobody has sent answers yet" in world.html(world.cast.anika)
    world.send(teal, {"DS1.1": "b"})
    html = world.html(world.cast.anika)
    assert main_action(html) == "Collect 1 submission"
    assert "<dt>Sent</dt><dd>1 of 2</dd>" in html
    missing = html.partition("<h2>Not sent yet</h2>")[2].partition("<h2>")[0]
    assert "salma" in missing
    assert "teal-heron" not in missing


def test_one_person_gets_more_time_with_a_reason(world: World) -> None:
    """The form names who, until when and why; a mistake comes back with what was typed."""
    world.release()
    salma = str(world.cast.salma.person)
    until = {"person": salma, "due_at": "2026-12-05T12:00", "reason": "<b>Flood</b>"}
    assert isinstance(world.do(world.cast.anika, "POST", f"{HERE}/extensions", body=until), Redirect)
    html = world.html(world.cast.anika)
    assert "Saturday 5 December 2026, 12:00" in html
    assert "&lt;b&gt;Flood" in html
    for wrong in ({"due_at": "2020-01-01T10:00"}, {"person": "nobody"}, {"reason": " "}, {"surprise": "x"}):
        html = world.html(world.cast.anika, "POST", f"{HERE}/extensions", body=until | wrong)
        assert 'role="alert"' in html


def test_a_failed_job_is_told_in_its_sentence(world: World) -> None:
    """The facilitator reads what happened and may press again."""
    world.release()
    world.do(world.cast.anika, "POST", f"{HERE}/collect", body={})
    with world.store.write() as db:
        job = actions.begin(db, now=NOW)
        assert job is not None
        actions.finish(db, job=job, now=NOW, error="The disk is full.")
    assert "The disk is full." in world.html(world.cast.anika)


def test_unknown_fields_and_unknown_assessments_are_refused(world: World) -> None:
    """Nothing is asked for by a form with more fields, or for an assessment of another course."""
    with pytest.raises(BadInput):
        world.do(world.cast.anika, "POST", f"{HERE}/collect", body={"all": "yes"})
    for (method, path), route in ROUTES.items():
        if "{assessment}" in path:
            who = world.cast.salma if route.right is Right.TAKE else world.cast.anika
            with pytest.raises(AcademyError):
                world.do(who, method, path, where={"assessment": "other"})
    with world.store.read() as db:
        assert queries.jobs(db, **PLACE) == {}


def test_a_job_can_be_followed_over_json(world: World) -> None:
    """Asking gives a number; the number gives the state until it is done."""
    number = world.json(world.cast.anika, "POST", f"{API}/release", body={"due_at": "2026-12-01T12:00:00+00:00"})["job"]
    where = {"job": str(number)}
    assert world.json(world.cast.anika, "GET", "/api/c/{cohort}/jobs/{job}", where=where)["state"] == "waiting"
    world.finish()
    done = world.json(world.cast.anika, "GET", "/api/c/{cohort}/jobs/{job}", where=where)
    assert (done["state"], done["kind"], done["result"], done["error"]) == ("done", "release", {}, None)
    for unknown in ("99", "x", "-1", "9" * 30):
        with pytest.raises(NotFound):
            world.json(world.cast.anika, "GET", "/api/c/{cohort}/jobs/{job}", where={"job": unknown})
    with pytest.raises(BadInput):
        world.json(world.cast.anika, "POST", f"{API}/release", body={"due_at": "2026-12-01T12:00:00"})
    assert world.json(world.cast.anika, "GET", f"{API}/scores") == {"scores": []}


def test_before_the_feedback_is_released_a_participant_sees_nothing_of_it(world: World) -> None:
    """No point, no reason, no key: only that it is not there yet."""
    world.release()
    world.send(world.cast.salma, {"DS1.1": "b"})
    html = world.html(world.cast.salma, "GET", FEEDBACK)
    assert "There is no feedback for you here yet" in html
    assert "points" not in html
    assert "Planning starts from what you protect" not in html


def test_what_could_not_be_collected_is_told_with_its_reason(world: World) -> None:
    """A submission that stays in the exchange is named once, and does not keep the page asking to collect."""
    world.release()
    world.send(world.cast.salma, {"DS1.1": "b"})
    world.do(world.cast.anika, "POST", f"{HERE}/collect", body={})
    note = {"student": "salma", "note": "This submission holds a link."}
    while True:
        with world.store.read() as db:
            waiting = queries.next_job(db)
        if waiting is None:
            break
        world.finish(collected=0, delivered=[], notes=[note] if waiting.kind is JobKind.COLLECT else [])
    html = world.html(world.cast.anika)
    assert html.count("This submission holds a link.") == 1
    assert main_action(html) == ""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_from_marks_to_feedback(world: World) -> None:
    """What needs a person is listed and linked; then everybody reads points, reasons and the facilitator's words."""
    found = load(world.config.content).assessment(ASSESSMENT)
    essay = found.questions[-1].id
    world.release()
    teal = enrol(world.store, "teal-heron", Role.PARTICIPANT, "river")
    world.send(world.cast.salma, {"DS1.1": "a", essay: "<script>alert(1)</script> A plan."})
    folder = course_folder(world.config, "river")
    notebook = str(nbformat.writes(build_assessment(found))).encode()
    bridge.release(folder, ASSESSMENT, notebook, dump(found.questions), None)
    with world.store.read() as db:
        for _, one in queries.waiting_deliveries(db, **PLACE):
            bridge.deliver(folder, ASSESSMENT, one)
    unread = bridge.student_notebook(folder, ASSESSMENT).replace(b"answer = None", b"answer = exit()", 1)
    bridge.deliver(folder, ASSESSMENT, Delivery(student="teal-heron", submitted_at=LATER, notebook=unread))
    bridge.collect(folder, ASSESSMENT)
    assert main_action(world.html(world.cast.anika)) == "Mark automatically"

    bridge.autograde(folder, ASSESSMENT)
    html = world.html(world.cast.anika)
    assert main_action(html) == "Mark essays"
    assert f"/hub/grading/river?page=gradebook/{ASSESSMENT}/{ASSESSMENT}" in html
    assert "<strong><bdi>teal-heron</bdi></strong>, question" in html
    assert "This answer could not be read." in html
    assert f'/c/river/facilitate/assessments/{ASSESSMENT}/items">How the questions did</a>' in html
    rows = world.json(world.cast.anika, "GET", f"{API}/scores")["scores"]
    assert {row["student"] for row in rows} == {"salma", "teal-heron"}
    assert [row["verdict"] for row in rows if row["auto"] is None] == ["manual", "did-not-run"]

    world.do(world.cast.anika, "POST", f"{HERE}/feedback", body={})
    released = bridge.release_feedback(folder, ASSESSMENT)
    for row in released:
        row["comment"] = "Clear & short." if row["question"] == "DS1.1" else ""
    with world.store.write() as db:
        while True:
            job = actions.begin(db, now=LATER)
            assert job is not None
            actions.finish(db, job=job, now=LATER, result={"rows": released, "delivered": []})
            if job.kind is JobKind.FEEDBACK:
                break
    html = world.html(world.cast.salma, "GET", FEEDBACK)
    assert f"0 of {sum(question.points for question in found.questions):g} points so far" in html
    assert "Not marked yet: 1 answer" in html
    for option in found.questions[0].options:
        assert Markup.escape(option.why) in html
    assert "Clear &amp; short." in html
    assert "<script>" not in html
    assert "There is no feedback for you" in world.html(teal, "GET", FEEDBACK)
