"""The numbers of a cohort as page and file, worked out from the real store."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.content.catalogue import load
from academy.errors import NotFound
from academy.people.model import Role
from academy.results import pages, queries
from academy.results.exports import csv_bytes, safe_cell
from academy.results.model import Facts
from academy.rights import Actor
from academy.routing import Download, Page, Response
from academy.store import schema
from academy.store.database import Store, new_id
from tests.conftest import NOW, ROOT, Cast, enrol
from tests.pages import rendered

ROUTES = {route.path: route for route in pages.ROUTES}
NUMBERS = "/c/{cohort}/numbers"
HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1", '=HYPERLINK("http://x","y")']

Ask = Callable[..., Response]


@pytest.fixture
def ask(call: Callable[..., Response]) -> Ask:
    """Ask for a page of the numbers."""

    def asker(actor: Actor, path: str = NUMBERS, **parts: str) -> Response:
        return call(ROUTES[path], actor, path={"cohort": "river"} | parts)

    return asker


def table(response: Response) -> list[dict[str, str]]:
    """Read a file back as a spreadsheet would."""
    assert isinstance(response, Download)
    assert response.body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.body.decode("utf-8-sig"), newline="")))


def facts_of(store: Store) -> Facts:
    """Return what is known of the cohort."""
    with store.read() as db:
        return queries.facts(db, cohort="river", catalogue=load(ROOT), language="en")


def submit(store: Store, person: str, attempt: int, scores: list[float | None] | None) -> None:
    """Write an attempt, marked with these scores; None: no feedback yet."""
    with store.write() as db:
        work = new_id()
        db.execute(
            schema.submission.insert().values(
                id=work,
                person=person,
                cohort="river",
                assessment="what-we-protect",
                attempt=attempt,
                number=new_id()[:16],
                answers={},
                checksum="",
                submitted_at=NOW,
                arrived_at=NOW,
                nonce=new_id(),
            )
        )
        for index, score in enumerate(scores or []):
            values = {"id": new_id(), "submission": work, "question": f"Q{index}", "score": score, "points": 1.0}
            db.execute(schema.feedback.insert().values(**values, comment=""))


def test_the_page_says_what_each_figure_means_and_that_it_is_internal(ask: Ask, cast: Cast) -> None:
    """Definitions stand beside the numbers; what is unknown is said in words."""
    shown = rendered(ask(cast.anika), cast.anika)
    assert "Internal figures, not for publication." in shown
    assert "this is not a number of people" in shown
    assert "not yet" in shown


def test_page_and_file_hold_the_same_figures(ask: Ask, cast: Cast) -> None:
    """Every figure of the page is a line of the file, with its denominator and its state."""
    page = ask(cast.nura)
    lines = table(ask(cast.nura, f"{NUMBERS}.csv"))
    assert isinstance(page, Page)
    assert [line["figure"] for line in lines] == [one.title for one in page.context["figures"]]
    assert lines[0] | {"definition": ""} == {
        "cohort": "River cohort", "day": "2026-11-23", "figure": "Sessions held", "value": "0", "at_least": "",
        "of": "0", "of_what": "sessions planned", "unit": "sessions", "state": "known", "definition": "", "remark": "",
    }  # fmt: skip
    attendances = lines[1]
    assert (attendances["value"], attendances["state"]) == ("", "not yet")


def test_the_newest_marked_attempt_is_the_one_that_counts(store: Store, cast: Cast) -> None:
    """A later attempt without marks does not take away the marks of the one before."""
    key = (cast.salma.person, "what-we-protect")
    submit(store, cast.salma.person, 1, [1.0, 0.5])
    assert facts_of(store).marks == {key: 1.5}
    submit(store, cast.salma.person, 2, None)
    assert facts_of(store).marks == {key: 1.5}
    submit(store, cast.salma.person, 3, [1.0, None])
    assert facts_of(store).marks == {key: None}


def test_facilitators_are_not_among_the_participants(store: Store, cast: Cast) -> None:
    """Who runs the cohort is not counted in it."""
    enrol(store, "tomas", Role.FACILITATOR, "river")
    assert [person.username for person in facts_of(store).participants] == ["salma"]


def test_only_the_cohorts_facilitators_see_user_names_in_the_rows(ask: Ask, cast: Cast) -> None:
    """A coordinator sees the same rows with numbers in place of names."""
    slug = "module-what-we-protect"
    path = f"{NUMBERS}/{{indicator}}"
    assert "salma" in rendered(ask(cast.anika, path, indicator=slug), cast.anika)
    shown = rendered(ask(cast.nura, path, indicator=slug), cast.nura)
    assert "salma" not in shown
    assert "Person 1" in shown


def test_every_figure_opens_and_no_other(ask: Ask, cast: Cast) -> None:
    """Each line of the table has a page of rows; an invented one does not exist."""
    page = ask(cast.anika)
    assert isinstance(page, Page)
    for one in page.context["figures"]:
        rendered(ask(cast.anika, f"{NUMBERS}/{{indicator}}", indicator=one.slug), cast.anika)
    with pytest.raises(NotFound):
        ask(cast.anika, f"{NUMBERS}/{{indicator}}", indicator="salaries")


def test_participants_and_outsiders_see_no_numbers(cast: Cast) -> None:
    """The right to report is asked on every route."""
    for route in pages.ROUTES:
        assert not cast.salma.may(route.right, "river")
        assert not cast.davit.may(route.right, "river")
        assert not cast.anika.may(route.right, "other")


# --- the file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_a_spreadsheet(store: Store, ask: Ask, cast: Cast, name: str) -> None:
    """A cohort that is called like a formula gets an apostrophe in front and breaks no line."""
    with store.write() as db:
        db.execute(schema.cohort.update().values(title=name))
    lines = table(ask(cast.anika, f"{NUMBERS}.csv"))
    assert {line["cohort"] for line in lines} == {"'" + name}
    assert all(None not in line for line in lines)


def test_quotes_commas_and_line_ends_stay_in_their_cell() -> None:
    """What was put in comes out again, whatever it holds."""
    rows = [['say "yes", please', "two\nlines", "عربي"], ["a,b", "", 3]]
    read = list(csv.reader(io.StringIO(csv_bytes(["x", "y", "z"], rows).decode("utf-8-sig"), newline="")))
    assert read[1:] == [[str(cell) for cell in row] for row in rows]


@given(st.text())
def test_no_cell_starts_like_a_formula(text: str) -> None:
    """After the spaces that a spreadsheet ignores, no cell begins with a sign that starts a formula."""
    cell = safe_cell(text).lstrip(" \u00a0")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe_cell(text).removeprefix("'") == text or safe_cell(text) == text


def test_numbers_stay_numbers() -> None:
    """A value of ours is written as it is; nothing is an empty cell."""
    assert [safe_cell(value) for value in (3, -0.5, None)] == ["3", "-0.5", ""]
