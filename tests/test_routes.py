"""Every address of the service and the right it asks for, written down a second time on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from academy.people import actions
from academy.people.model import Role
from academy.rights import Actor, Right
from academy.routing import Route
from academy.store.database import Store
from academy.web.table import ROUTES
from tests.conftest import COHORT, NOW, Cast, enrol

RIGHTS = {
    ("GET", "/"): "member",
    ("GET", "/api/c/{cohort}/assessments/{assessment}"): "take",
    ("POST", "/api/c/{cohort}/assessments/{assessment}/autograde"): "facilitate",
    ("POST", "/api/c/{cohort}/assessments/{assessment}/collect"): "facilitate",
    ("POST", "/api/c/{cohort}/assessments/{assessment}/draft"): "take",
    ("POST", "/api/c/{cohort}/assessments/{assessment}/feedback"): "facilitate",
    ("POST", "/api/c/{cohort}/assessments/{assessment}/release"): "facilitate",
    ("GET", "/api/c/{cohort}/assessments/{assessment}/scores"): "facilitate",
    ("POST", "/api/c/{cohort}/assessments/{assessment}/submissions"): "take",
    ("GET", "/api/c/{cohort}/jobs/{job}"): "facilitate",
    ("POST", "/api/c/{cohort}/lessons/{module}/{lesson}/done"): "take",
    ("GET", "/api/c/{cohort}/sessions"): "facilitate",
    ("POST", "/api/c/{cohort}/sessions/{session}/corrections"): "facilitate",
    ("POST", "/api/c/{cohort}/sessions/{session}/marks"): "facilitate",
    ("GET", "/api/c/{cohort}/sessions/{session}/register"): "facilitate",
    ("POST", "/api/hub/enrolments"): "hub",
    ("GET", "/api/hub/groups"): "hub",
    ("POST", "/api/hub/resets"): "hub",
    ("GET", "/api/me"): "member",
    ("GET", "/api/policy-reports"): "coordinate",
    ("GET", "/away"): "public",
    ("GET", "/c/{cohort}"): "belong",
    ("GET", "/c/{cohort}/assessments/{assessment}"): "take",
    ("GET", "/c/{cohort}/assessments/{assessment}/feedback"): "take",
    ("GET", "/c/{cohort}/assessments/{assessment}/review"): "take",
    ("POST", "/c/{cohort}/assessments/{assessment}/save"): "take",
    ("POST", "/c/{cohort}/assessments/{assessment}/submit"): "take",
    ("GET", "/c/{cohort}/facilitate"): "facilitate",
    ("GET", "/c/{cohort}/facilitate/assessments/{assessment}"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/assessments/{assessment}/autograde"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/assessments/{assessment}/collect"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/assessments/{assessment}/extensions"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/assessments/{assessment}/feedback"): "facilitate",
    ("GET", "/c/{cohort}/facilitate/assessments/{assessment}/items"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/assessments/{assessment}/release"): "facilitate",
    ("GET", "/c/{cohort}/facilitate/guides/{module}"): "facilitate",
    ("GET", "/c/{cohort}/facilitate/assessments/{assessment}/essays"): "facilitate",
    ("GET", "/c/{cohort}/facilitate/assessments/{assessment}/essays/{grade}"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/assessments/{assessment}/essays/{grade}"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/invitations"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/removals"): "facilitate",
    ("POST", "/c/{cohort}/facilitate/resets"): "facilitate",
    ("GET", "/c/{cohort}/lessons/{module}/{lesson}"): "belong",
    ("POST", "/c/{cohort}/lessons/{module}/{lesson}/done"): "take",
    ("GET", "/c/{cohort}/lessons/{module}/{lesson}/pictures/{picture}"): "belong",
    ("POST", "/c/{cohort}/lessons/{module}/{lesson}/practice"): "belong",
    ("GET", "/c/{cohort}/pack"): "belong",
    ("POST", "/c/{cohort}/pack"): "take",
    ("GET", "/c/{cohort}/pack/{language}"): "belong",
    ("POST", "/c/{cohort}/facilitate/pack"): "facilitate",
    ("GET", "/c/{cohort}/numbers"): "report",
    ("GET", "/c/{cohort}/numbers.csv"): "report",
    ("GET", "/c/{cohort}/numbers/{indicator}"): "report",
    ("GET", "/c/{cohort}/sessions"): "facilitate",
    ("POST", "/c/{cohort}/sessions"): "facilitate",
    ("GET", "/c/{cohort}/sessions/{session}/check-in"): "take",
    ("POST", "/c/{cohort}/sessions/{session}/check-in"): "take",
    ("GET", "/c/{cohort}/sessions/{session}/register"): "facilitate",
    ("POST", "/c/{cohort}/sessions/{session}/register/close"): "facilitate",
    ("POST", "/c/{cohort}/sessions/{session}/register/corrections"): "facilitate",
    ("POST", "/c/{cohort}/sessions/{session}/register/marks"): "facilitate",
    ("POST", "/c/{cohort}/sessions/{session}/register/marks/remaining"): "facilitate",
    ("POST", "/c/{cohort}/sessions/{session}/register/open"): "facilitate",
    ("POST", "/c/{cohort}/sessions/{session}/register/tally"): "facilitate",
    ("GET", "/c/{cohort}/statistics"): "take",
    ("POST", "/c/{cohort}/statistics"): "take",
    ("GET", "/c/{cohort}/submissions/{number}"): "take",
    ("GET", "/c/{cohort}/submissions/{number}/notebook"): "take",
    ("POST", "/c/{cohort}/assessments/{assessment}/notebook"): "take",
    ("GET", "/help"): "public",
    ("GET", "/me"): "member",
    ("POST", "/me"): "member",
    ("GET", "/me/details"): "member",
    ("POST", "/me/details"): "member",
    ("GET", "/me/kept"): "member",
    ("GET", "/me/kept.json"): "member",
    ("GET", "/programme"): "coordinate",
    ("POST", "/programme/cohorts"): "coordinate",
    ("POST", "/programme/invitations"): "coordinate",
    ("GET", "/settings"): "public",
    ("POST", "/settings"): "public",
}
"""A new route without a row here fails: somebody has to think about who may call it."""

ALLOWED = {
    "salma": {Right.PUBLIC, Right.MEMBER, Right.BELONG, Right.TAKE},
    "anika": {Right.PUBLIC, Right.MEMBER, Right.BELONG, Right.FACILITATE, Right.REPORT},
    "nura": {Right.PUBLIC, Right.MEMBER, Right.REPORT, Right.COORDINATE},
    "davit": {Right.PUBLIC},
}


def test_the_table_is_exactly_what_was_agreed() -> None:
    """No route is missing, none is new, none asks for another right, and none stands twice."""
    found = [((route.method, route.path), str(route.right)) for route in ROUTES]
    assert dict(found) == RIGHTS
    assert len(found) == len(RIGHTS)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_right_that_belongs_to_a_cohort_has_the_cohort_in_its_path(route: Route) -> None:
    """Otherwise nobody could tell whose page it is."""
    tied = {Right.BELONG, Right.TAKE, Right.FACILITATE, Right.REPORT}
    assert (route.right in tied) == ("cohort" in route.parts)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_of_the_cast_may_call_what_her_role_says(route: Route, cast: Cast) -> None:
    """Role by route, in the cohort where she has her place."""
    people: dict[str, Actor] = {name: getattr(cast, name) for name in ALLOWED}
    allowed = {name for name, actor in people.items() if actor.may(route.right, "river")}
    assert allowed == {name for name, rights in ALLOWED.items() if route.right in rights}


@pytest.mark.parametrize("right", [Right.BELONG, Right.TAKE, Right.FACILITATE])
def test_a_place_in_one_cohort_is_no_place_in_another(right: Right, cast: Cast) -> None:
    """Neither takes nor facilitates anybody next door."""
    assert not cast.salma.may(right, "delta")
    assert not cast.anika.may(right, "delta")


def test_facilitating_here_and_taking_part_there_do_not_mix(
    cast: Cast, store: Store, make_delta: Callable[[], None]
) -> None:
    """Anika facilitates the river cohort and takes part in another: each right holds in its own place only."""
    make_delta()
    anika = enrol(store, "anika", Role.PARTICIPANT, "delta")
    assert anika.may(Right.TAKE, "delta")
    assert not anika.may(Right.FACILITATE, "delta")
    assert anika.may(Right.FACILITATE, "river")
    assert not anika.may(Right.TAKE, "river")


@pytest.fixture
def make_delta(store: Store, cast: Cast) -> Callable[[], None]:
    """Make a second cohort."""

    def make() -> None:
        with store.write() as db:
            actions.create_cohort(db, actor=cast.nura, now=NOW, cohort=replace(COHORT, slug="delta"))

    return make
