"""The pages and the API of attendance, as the service calls them, rendered with the real templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from academy.attendance import api, codes, pages, queries
from academy.attendance.model import Session
from academy.errors import AcademyError, BadInput, NotFound
from academy.people.model import Role
from academy.rights import Actor, Right
from academy.routing import Json, Page, Redirect, Response, Route
from academy.store import schema
from academy.store.database import Store
from tests.conftest import NOW, Cast, enrol
from tests.pages import rendered

ROUTES = {(route.method, route.path): route for route in (*pages.ROUTES, *api.ROUTES)}
SESSIONS = "/c/{cohort}/sessions"
REGISTER = "/c/{cohort}/sessions/{session}/register"
CHECK_IN = "/c/{cohort}/sessions/{session}/check-in"
API_SESSION = "/api/c/{cohort}/sessions/{session}"
PLAN = {
    "title": "Questions", "day": "2026-11-23", "starts": "15:00", "minutes": "60", "zone": "Asia/Dhaka",
    "nonce": "plan-0001",
}  # fmt: skip


class World:
    """Somebody's browser: calls routes and renders what comes back."""

    def __init__(self, call: Callable[..., Response], store: Store, cast: Cast) -> None:
        self.call, self.store, self.cast = call, store, cast
        self.session = ""

    def do(self, actor: Actor, method: str, path: str, **parts: Any) -> Response:
        """Call a route in the cohort ``river``."""
        values = {"cohort": "river"} | ({"session": self.session} if self.session else {})
        return self.call(ROUTES[method, path], actor, path=values, **parts)

    def html(self, actor: Actor, method: str, path: str, **parts: Any) -> str:
        """Call a route and render the page."""
        return rendered(self.do(actor, method, path, **parts), actor)

    def found(self) -> Session:
        """Return the session as it is stored."""
        with self.store.read() as db:
            return queries.find_session(db, "river", self.session)

    def code(self) -> str:
        """Return the code that is read out now."""
        with self.store.read() as db:
            return codes.code_at(queries.secret_of(db, self.session), NOW, seconds=60)


@pytest.fixture
def world(call: Callable[..., Response], store: Store, cast: Cast) -> World:
    """Give the cast, and a session that was planned through the page."""
    world = World(call, store, cast)
    planned = world.do(cast.anika, "POST", SESSIONS, body=PLAN)
    assert isinstance(planned, Redirect)
    world.session = planned.to.split("/")[4]
    return world


@pytest.fixture
def opened(world: World) -> World:
    """Give the same with check-in open."""
    assert isinstance(world.do(world.cast.anika, "POST", f"{REGISTER}/open", body={}), Redirect)
    return world


def test_a_session_is_planned_in_the_zone_of_the_cohort(world: World) -> None:
    """15:00 in Dhaka is 09:00 UTC, and the page says so in words with its zone."""
    assert world.found().starts_at == NOW
    shown = world.html(world.cast.anika, "GET", SESSIONS)
    assert "Monday 23 November 2026, 15:00 to 16:00" in shown
    assert "Asia/Dhaka" in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "tomorrow"}, "Write the date"), ({"starts": "25:00"}, "Write the time"),
        ({"minutes": "long"}, "whole number"), ({"zone": "Mars"}, "time zone is not known"),
        ({"title": " "}, "Give the session a title"), ({"extra": "1"}, "is not a field of this form"),
    ],
)  # fmt: skip
def test_a_bad_plan_says_what_to_do_and_keeps_what_was_typed(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    """Nothing typed is lost, and nothing is planned."""
    body = PLAN | {"title": "Kept <b>title</b>", "nonce": "plan-0002"} | changes
    response = world.do(world.cast.anika, "POST", SESSIONS, body=body)
    assert isinstance(response, Page)
    assert response.status == 400
    shown = rendered(response, world.cast.anika)
    assert sentence in shown
    assert "title" in changes or "Kept &lt;b&gt;title&lt;/b&gt;" in shown
    with world.store.read() as db:
        assert len(queries.sessions(db, "river")) == 1


def test_the_register_shows_the_code_only_while_check_in_is_open(world: World) -> None:
    """Before there is a button that opens it, afterwards neither."""
    anika = world.cast.anika
    assert "Open check-in" in world.html(anika, "GET", REGISTER)
    world.do(anika, "POST", f"{REGISTER}/open", body={})
    assert codes.spoken(world.code()) in world.html(anika, "GET", REGISTER)
    code = world.code()
    world.do(anika, "POST", f"{REGISTER}/close", body={})
    shown = world.html(anika, "GET", REGISTER)
    assert codes.spoken(code) not in shown
    assert "Open check-in" not in shown
    assert "/marks" not in shown


def test_the_register_loads_itself_again_only_when_it_follows_arrivals(opened: World) -> None:
    """Whoever types in it is never interrupted: searching or opening a row holds the page still."""
    anika, salma = opened.cast.anika, opened.cast.salma
    assert 'http-equiv="refresh"' in opened.html(anika, "GET", REGISTER, query={"live": "1"})
    for query in ({}, {"live": "1", "q": "sal"}, {"live": "1", "person": salma.person}):
        assert 'http-equiv="refresh"' not in opened.html(anika, "GET", REGISTER, query=query)


def test_the_register_can_be_searched(opened: World) -> None:
    """A part of a name in any case is enough."""
    enrol(opened.store, "yusuf", Role.PARTICIPANT, "river")
    shown = opened.html(opened.cast.anika, "GET", REGISTER, query={"q": "YUS"})
    assert "yusuf" in shown
    assert "salma" not in shown


def test_a_participant_checks_in_and_is_told_the_time(opened: World) -> None:
    """You are in, with the time of the session's zone; a second look says the same."""
    salma = opened.cast.salma
    assert 'autocomplete="one-time-code"' in opened.html(salma, "GET", CHECK_IN)
    shown = opened.html(salma, "POST", CHECK_IN, body={"code": opened.code(), "naming": "pseudonym"})
    assert "You are in." in shown
    assert "15:00." in shown
    again = opened.html(salma, "GET", CHECK_IN, now=NOW + timedelta(minutes=3))
    assert "15:00." in again
    assert "1</strong> of 1 here" in opened.html(opened.cast.anika, "GET", REGISTER)


def test_a_wrong_code_keeps_the_choice_and_counts(opened: World) -> None:
    """The answer is committed although it is a refusal: the number of tries goes down."""
    salma = opened.cast.salma
    right = opened.code()
    wrong = "000000" if right != "000000" else "111111"
    first = opened.do(salma, "POST", CHECK_IN, body={"code": wrong, "naming": "count"})
    assert first.status == 400
    shown = rendered(first, salma)
    assert "Tries left: 7" in shown
    assert 'value="count" checked' in shown
    assert wrong not in shown
    assert "Tries left: 6" in opened.html(salma, "POST", CHECK_IN, body={"code": wrong})


def test_a_count_only_check_in_is_told_and_not_named(opened: World) -> None:
    """She reads that she counts; the facilitator sees a number."""
    shown = opened.html(opened.cast.salma, "POST", CHECK_IN, body={"code": opened.code(), "naming": "count"})
    assert "counted without a name" in shown
    register = opened.html(opened.cast.anika, "GET", REGISTER)
    assert "1 person checked in without a name" in register
    assert "Not marked yet" in register


@pytest.mark.parametrize("body", [{"code": "123456", "naming": "secret"}, {"code": "1" * 81}, {"code": ["1", "2"]}])
def test_an_unusable_check_in_form_gets_a_sentence(opened: World, body: dict[str, Any]) -> None:
    """Whatever a browser sends, the form comes back with one sentence."""
    response = opened.do(opened.cast.salma, "POST", CHECK_IN, body=body)
    assert isinstance(response, Page)
    assert (response.template, response.status) == ("attendance/check_in.html", 400)
    rendered(response, opened.cast.salma)


def test_a_hostile_name_stays_text(opened: World) -> None:
    """Markup in a display name or a reason is shown, never run."""
    salma, anika = opened.cast.salma, opened.cast.anika
    with opened.store.write() as db:
        db.execute(schema.person.update().values(display_name="<script>alert(1)</script>"))
    opened.html(salma, "POST", CHECK_IN, body={"code": opened.code(), "naming": "named"})
    body = {"person": salma.person, "status": "excused", "reason": "<img src=x>", "nonce": "correct-0001"}
    opened.do(anika, "POST", f"{REGISTER}/corrections", body=body)
    shown = opened.html(anika, "GET", REGISTER, query={"person": salma.person})
    assert "<script>" not in shown
    assert "<img src=x>" not in shown
    assert "&lt;img src=x&gt;" in shown


def test_marks_corrections_and_head_counts_work_from_the_page(opened: World) -> None:
    """Each form leads back to the register; the numbers follow."""
    anika, salma = opened.cast.anika, opened.cast.salma
    mark = {"person": salma.person, "status": "present", "nonce": "mark-0001"}
    onward = opened.do(anika, "POST", f"{REGISTER}/marks", body=mark, query={"live": "1"})
    assert onward == Redirect(f"/c/river/sessions/{opened.session}/register?live=1#p-{salma.person}")
    enrol(opened.store, "yusuf", Role.PARTICIPANT, "river")
    rest = {"status": "absent", "nonce": "rest-0001"}
    assert isinstance(opened.do(anika, "POST", f"{REGISTER}/marks/remaining", body=rest), Redirect)
    count = {"people": "4", "nonce": "tally-0001"}
    assert isinstance(opened.do(anika, "POST", f"{REGISTER}/tally", body=count), Redirect)
    assert "5</strong> here, 2 on the list" in opened.html(anika, "GET", REGISTER)
    fix = {
        "person": salma.person, "status": "present", "arrived": "15:20", "left": "15:40", "reason": "left early",
        "nonce": "correct-0001",
    }  # fmt: skip
    assert isinstance(opened.do(anika, "POST", f"{REGISTER}/corrections", body=fix), Redirect)
    shown = opened.html(anika, "GET", REGISTER, query={"person": salma.person})
    assert "20 min" in shown
    assert "left early" in shown


def test_a_correction_without_a_reason_keeps_the_times(opened: World) -> None:
    """The row stays open with what was typed."""
    salma = opened.cast.salma
    body = {"person": salma.person, "status": "present", "arrived": "15:20", "reason": "", "nonce": "correct-0001"}
    response = opened.do(opened.cast.anika, "POST", f"{REGISTER}/corrections", body=body)
    assert response.status == 400
    assert 'value="15:20"' in rendered(response, opened.cast.anika)


def test_every_form_carries_the_token_against_forgery(opened: World) -> None:
    """No form that changes something is without it."""
    anika, salma = opened.cast.anika, opened.cast.salma
    for shown in (
        opened.html(anika, "GET", SESSIONS),
        opened.html(anika, "GET", REGISTER, query={"person": salma.person}),
        opened.html(salma, "GET", CHECK_IN),
    ):
        assert shown.count('method="post"') == shown.count('name="_xsrf"') > 0


def test_the_outsider_is_refused_on_every_route(cast: Cast) -> None:
    """Nobody without a place in the cohort passes; neither does the other role."""
    for route in ROUTES.values():
        assert not cast.davit.may(route.right, "river")
        assert not cast.nura.may(route.right, "river")
        wrong_role = cast.anika if route.right is Right.TAKE else cast.salma
        assert not wrong_role.may(route.right, "river")


def test_a_session_of_another_cohort_is_no_page(opened: World) -> None:
    """The cohort of the path must be the session's, whatever the id."""
    opened.session = "0" * 24
    for method, path in ROUTES:
        if "{session}" in path:
            actor = opened.cast.salma if path == CHECK_IN else opened.cast.anika
            with pytest.raises((NotFound, BadInput)):
                opened.do(actor, method, path, body={})


# --- the API --------------------------------------------------------------------------------------------------------


def test_the_api_gives_the_register_that_the_page_shows(opened: World) -> None:
    """Names, states and totals, and the code with its seconds; never the key."""
    opened.do(opened.cast.salma, "POST", CHECK_IN, body={"code": opened.code(), "naming": "pseudonym"})
    listed = opened.do(opened.cast.anika, "GET", "/api" + SESSIONS)
    assert isinstance(listed, Json)
    (session,) = listed.data["sessions"]
    assert (session["id"], session["state"], session["zone"]) == (opened.session, "open", "Asia/Dhaka")
    register = opened.do(opened.cast.anika, "GET", f"{API_SESSION}/register").data
    assert register["code"] == opened.code()
    assert 1 <= register["code_seconds_left"] <= 60
    assert register["totals"]["present"] == 1
    (row,) = register["rows"]
    assert (row["name"], row["status"], row["late"], row["minutes"]) == ("salma", "present", False, None)
    assert row["arrived_at"] == NOW.isoformat()
    assert row["claims"][0]["source"] == "self"


def test_the_api_marks_once_and_corrects_with_a_reason(opened: World) -> None:
    """A repeat gives the same row; a correction without a reason or a naive time is refused."""
    anika, salma = opened.cast.anika, opened.cast.salma
    mark = {"person": salma.person, "status": "present", "arrived_at": NOW.isoformat(), "nonce": "mark-0001"}
    first = opened.do(anika, "POST", f"{API_SESSION}/marks", body=mark)
    assert first == opened.do(anika, "POST", f"{API_SESSION}/marks", body=mark)
    assert len(first.data["claims"]) == 1
    fix = {"person": salma.person, "status": "excused", "reason": "travelled", "nonce": "correct-0001"}
    assert opened.do(anika, "POST", f"{API_SESSION}/corrections", body=fix).data["status"] == "excused"
    for bad in (
        {"reason": ""},
        {"arrived_at": "2026-11-23T09:00:00"},
        {"extra": 1},
        {"nonce": "x"},
        {"status": "here"},
    ):
        with pytest.raises(AcademyError):
            opened.do(anika, "POST", f"{API_SESSION}/corrections", body=fix | {"nonce": "correct-0002"} | bad)


def test_each_route_has_a_function_of_its_own() -> None:
    """No path and method is claimed twice."""
    routes: list[Route] = [*pages.ROUTES, *api.ROUTES]
    assert len(ROUTES) == len(routes)
