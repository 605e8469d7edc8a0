"""Essays marked on plain pages, in a real gradebook: whoever marks sees the answer and the rubric, and no name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from sqlalchemy import select

from academy.config import Config
from academy.content.build import build_assessment
from academy.content.catalogue import load
from academy.errors import NotFound
from academy.grading import bridge
from academy.grading.essay_pages import ROUTES
from academy.grading.essays import essays
from academy.grading.gradebook import scores
from academy.grading.keys import dump
from academy.grading.model import CourseFolder, Delivery, course_folder
from academy.people.model import Role
from academy.routing import Page, Redirect, Response
from academy.store import schema
from academy.store.database import Store
from tests.conftest import NOW, Cast, enrol
from tests.pages import rendered

LIST, READ, SAVE = ROUTES
ASSESSMENT, ESSAY = "what-we-protect", "DS1-A"
WORDS = {"salma": "A plan with <b>three</b> threats.", "teal-heron": "Be careful."}
BEST = {f"criterion-{number}": "5" for number in range(1, 5)}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def folder(store: Store, cast: Cast, config: Config) -> CourseFolder:
    """Release, hand in and mark automatically, with nbgrader itself."""
    enrol(store, "teal-heron", Role.PARTICIPANT, "river")
    made = course_folder(config, "river")
    found = load(config.content).assessment(ASSESSMENT)
    notebook = str(nbformat.writes(build_assessment(found))).encode()
    bridge.release(made, ASSESSMENT, notebook, dump(found.questions), None)
    for student, words in WORDS.items():
        bridge.deliver(made, ASSESSMENT, Delivery(student=student, submitted_at=NOW, answers={ESSAY: words}))
    bridge.collect(made, ASSESSMENT)
    bridge.autograde(made, ASSESSMENT)
    return made


@pytest.fixture
def do(call: Callable[..., Response], cast: Cast, folder: CourseFolder) -> Callable[..., Response]:
    """Call a route as Anika, about the essay of this person."""

    def caller(route: Any, student: str = "", **parts: Any) -> Response:
        grade = next((one.id for one in essays(folder, ASSESSMENT) if one.student == student), "none")
        path = {"cohort": "river", "assessment": ASSESSMENT, "grade": grade}
        return call(route, cast.anika, path=path, **parts)

    return caller


def marked(folder: CourseFolder, student: str) -> tuple[float | None, str, bool]:
    """Return points and comment of somebody's essay in the gradebook, and whether it still waits."""
    (one,) = [score for score in scores(folder, ASSESSMENT) if (score.student, score.question) == (student, ESSAY)]
    return one.total, one.comment, one.needs_manual_grade


def test_essays_are_listed_without_names_and_read_beside_their_rubric(do: Callable[..., Response], cast: Cast) -> None:
    """What a person wrote is text, never markup; no page says who wrote it."""
    listed = rendered(do(LIST), cast.anika)
    assert listed.count("waits for a mark") == len(WORDS)
    page = rendered(do(READ, "salma"), cast.anika)
    assert "A plan with &lt;b&gt;three&lt;/b&gt; threats." in page
    assert "Threat choice uses evidence" in page
    assert "Award full marks for modest, realistic plans." in page
    for html in (listed, page):
        assert not [name for name in WORDS if name in html]


def test_a_mark_is_what_the_rubric_adds_up_to_and_goes_on_to_the_next(
    do: Callable[..., Response], folder: CourseFolder, store: Store, cast: Cast
) -> None:
    """Points and comment stand in nbgrader's gradebook; who marked, and when, stands in the academy's own trail."""
    after = do(SAVE, "salma", body={**BEST, "criterion-2": "4", "comment": " Clear. "})
    other = next(one.id for one in essays(folder, ASSESSMENT) if one.student == "teal-heron")
    assert isinstance(after, Redirect)
    assert after.to.endswith(f"/essays/{other}")
    assert marked(folder, "salma") == (19.0, "Clear.", False)
    assert marked(folder, "teal-heron") == (None, "", True)
    last = do(SAVE, "teal-heron", body={**BEST, "comment": ""})
    assert isinstance(last, Redirect)
    assert last.to.endswith("/essays")
    with store.read() as db:
        trail = db.execute(select(schema.audit.c.actor, schema.audit.c.action)).all()
    assert [actor for actor, action in trail if action == "mark-essay"] == [cast.anika.username] * 2


def test_a_new_mark_takes_the_place_of_the_old_one(do: Callable[..., Response], folder: CourseFolder) -> None:
    """Nothing adds up."""
    do(SAVE, "salma", body={**BEST, "comment": "First."})
    do(SAVE, "salma", body={**BEST, "criterion-1": "0", "comment": "Second."})
    assert marked(folder, "salma") == (15.0, "Second.", False)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**BEST, "criterion-3": ""},
        {**BEST, "criterion-3": "3"},
        {**BEST, "criterion-3": "50"},
        {**BEST, "criterion-3": ["5", "5"]},
        {**BEST, "comment": "x" * 5001},
    ],
)
def test_a_form_that_is_not_whole_changes_nothing(
    do: Callable[..., Response], folder: CourseFolder, body: dict[str, Any]
) -> None:
    """One sentence says which row is missing; what was chosen is still chosen."""
    page = do(SAVE, "salma", body=body)
    assert isinstance(page, Page)
    assert page.status == 400
    assert marked(folder, "salma") == (None, "", True)


def test_an_essay_of_nobody_is_not_there(do: Callable[..., Response]) -> None:
    """Neither to read nor to mark."""
    for route in (READ, SAVE):
        with pytest.raises(NotFound):
            do(route, "nobody", body=BEST)


def test_before_anything_is_marked_the_list_says_what_to_do_first(call: Callable[..., Response], cast: Cast) -> None:
    """A cohort without a course folder is no error."""
    page = call(LIST, cast.anika, path={"cohort": "river", "assessment": ASSESSMENT})
    assert "Nothing waits here." in rendered(page, cast.anika)
