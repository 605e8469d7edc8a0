"""Who may not, over real HTTP: every route of the table, tried by everybody who has no right to it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from academy.demo.cast import COHORT
from academy.demo.visitor import SERVICE, Visitor
from academy.rights import Right
from academy.routing import Route
from academy.web.table import ROUTES
from tests.integration.conftest import Academy

pytestmark = [pytest.mark.hub]

PARTS = {
    "cohort": COHORT,
    "module": "what-we-protect",
    "lesson": "nine-points",
    "assessment": "what-we-protect",
    "session": "any",
    "number": "any",
    "job": "1",
    "indicator": "sessions",
    "picture": "nine-points",
    "grade": "any",
    "language": "en",
}
MAY = {
    "participant": {Right.PUBLIC, Right.MEMBER, Right.BELONG, Right.TAKE},
    "facilitator": {Right.PUBLIC, Right.MEMBER, Right.BELONG, Right.FACILITATE, Right.REPORT},
    "coordinator": {Right.PUBLIC, Right.MEMBER, Right.REPORT, Right.COORDINATE},
    "outsider": {Right.PUBLIC},
}
REFUSED = [(role, route) for role in MAY for route in ROUTES if route.right not in MAY[role]]


@pytest.fixture(scope="module")
def visitors(academy: Academy) -> Iterator[dict[str, Visitor]]:
    """Sign in one person of each role; the outsider gets as far as the Hub lets him."""
    found = {}
    for role in MAY:
        account = academy.of_role(role)[-1]
        visitor = Visitor(academy.url)
        visitor.open("/hub/login")
        form = {"username": account.username, "password": account.password}
        fields = {**form, "_xsrf": visitor.page.find("input", {"name": "_xsrf"})["value"], "2fa": ""}
        visitor.http.post("/hub/login", data=fields)
        found[role] = visitor
    yield found
    for visitor in found.values():
        visitor.close()


def call(visitor: Visitor, route: Route, **parts: str) -> httpx.Response:
    """Call a route as this person's browser would, with a valid form token."""
    path = SERVICE + route.path.format(**(PARTS | parts))
    headers = visitor.xsrf_header(path)
    if route.method == "GET":
        return visitor.http.get(path, headers=headers)
    return visitor.http.post(path, headers=headers, **({"json": {}} if "/api/" in path else {"data": {}}))


@pytest.mark.parametrize(("role", "route"), REFUSED, ids=[f"{role} {r.method} {r.path}" for role, r in REFUSED])
def test_who_has_no_right_gets_403(visitors: dict[str, Visitor], role: str, route: Route) -> None:
    """And the reason is the right, not a form that was open too long."""
    response = call(visitors[role], route)
    assert response.status_code == 403
    assert role == "outsider" or "open too long" not in response.text  # the Hub does not even let him sign in


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_who_is_not_signed_in_sees_the_sign_in_page_or_is_refused(academy: Academy, route: Route) -> None:
    """A stranger reads the public pages and nothing else; what she may send, the academy itself answers."""
    with Visitor(academy.url) as stranger:
        response = call(stranger, route)
    if route.right is Right.PUBLIC and route.method == "GET":
        assert response.status_code == 200
    elif route.right is Right.PUBLIC:
        assert response.url.path.startswith(SERVICE)
    elif response.status_code == 200:
        assert response.url.path == "/hub/login"
    else:
        assert response.status_code == 403


@pytest.mark.parametrize("path", ["", "/facilitate", "/numbers", "/sessions"])
def test_a_cohort_next_door_cannot_be_told_from_one_that_does_not_exist(
    academy: Academy, visitors: dict[str, Visitor], path: str
) -> None:
    """Same answer, letter by letter but for the address that was asked for: its existence is nobody's business."""
    with academy.visit("ilse-marand") as coordinator:
        coordinator.open("/programme")
        if not coordinator.has("Next door"):
            coordinator.send(
                "/programme/cohorts", {"title": "Next door", "slug": "next-door", "starts_on": "2026-11-23"}
            )
    answers = {
        visitors["participant"].http.get(f"{SERVICE}/c/{cohort}{path}").text.replace(cohort, "COHORT")
        for cohort in ("next-door", "no-such-one")
    }
    assert len(answers) == 1


def test_a_form_without_its_token_changes_nothing(academy: Academy, visitors: dict[str, Visitor]) -> None:
    """Another site cannot send forms in somebody's name."""
    response = visitors["participant"].http.post(
        f"{SERVICE}/me", data={"display_name": "Forged"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert response.status_code == 403
    assert visitors["participant"].api("/me")["display_name"] != "Forged"


@pytest.mark.parametrize("path", ["/hub/admin", "/hub/api/users", "/hub/authorize", "/hub/token", "/hub/spawn"])
def test_nobody_of_the_programme_reaches_the_hubs_own_tools(visitors: dict[str, Visitor], path: str) -> None:
    """Neither participants nor facilitators list, approve or change accounts; a server is only a participant's own."""
    for role in ("outsider",) if path == "/hub/spawn" else ("participant", "outsider"):
        answer = visitors[role].http.get(path)
        assert answer.status_code in {403, 404} or "There is no such page" in answer.text, role
