"""What plain pages cost on the line, what they leave behind, and what they never do, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from academy import clock
from academy.demo.cast import COHORT, FACILITATORS
from academy.demo.programme import ASSESSMENT, plan_session
from academy.demo.visitor import SERVICE
from academy.web.weights import WEIGHTS
from tests.integration.conftest import Academy, Person

pytestmark = [pytest.mark.hub, pytest.mark.browser]

LESSON = f"/c/{COHORT}/lessons/what-we-protect/nine-points"
MOST_BYTES = 100_000
MOST_REQUESTS = 10
COORDINATOR = "ilse-marand"
HUB_PAGES = ("/hub/login", "/hub/signup", "/hub/reset", "/hub/home", "/hub/change-password", "/hub/two-factor")
NOT_PLAIN = (
    "/services/interactive/",
    "/hub/notebooks",
    "/hub/grading/",
    "/hub/logout",
    "/language/",
    "/away",
    "/pack/",
    ".json",
    "/settings?",
)


class Line:
    """The line between a browser and the academy: what every answer cost, as Chromium counts it."""

    def __init__(self, person: Person) -> None:
        self.session = person.context.new_cdp_session(person.page)
        self.session.send("Network.enable")
        self.bytes = self.requests = self.kept = 0
        self.session.on("Network.requestWillBeSent", self._asked)
        self.session.on("Network.loadingFinished", self._came)
        self.session.on("Network.responseReceived", self._answered)

    def _asked(self, event: dict[str, dict[str, str]]) -> None:
        self.requests += event["request"]["url"].startswith("http")

    def _came(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _answered(self, event: dict[str, dict[str, bool]]) -> None:
        self.kept += event["response"]["fromDiskCache"]

    def cost(self, visit: Callable[[], object], *, cold: bool = True) -> tuple[int, int]:
        """Return bytes and requests of a visit; ``cold``: nothing is in the cache."""
        self.session.send("Network.setCacheDisabled", {"cacheDisabled": cold})
        self.bytes = self.requests = self.kept = 0
        visit()
        return self.bytes, self.requests


def paths_on(page: Page) -> list[str]:
    """Return where the links of a page lead, without fragments."""
    links = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
    return sorted({urlsplit(link)._replace(scheme="", netloc="", fragment="").geturl() for link in links})


def choose(person: Person, **values: str) -> None:
    """Choose settings on their page."""
    person.open("/settings")
    for name, value in values.items():
        person.page.locator(f'[name="{name}"][value="{value}"]').check()
    person.press("Keep these settings")


def sign_in_on_own_device(person: Person, username: str) -> None:
    """Sign in and say that nobody else uses this device."""
    person.page.goto(person.academy.url)
    person.page.get_by_label("User name").fill(username)
    person.page.get_by_label("Passphrase").fill(person.academy.people[username].password)
    person.page.get_by_label("This is my own device").check()
    person.press("Sign in")
    person.page.wait_for_url(f"**{SERVICE}/**")


def is_signed_in(person: Person) -> bool:
    """Tell whether the start page opens."""
    person.open("/me")
    return urlsplit(person.page.url).path == f"{SERVICE}/me"


# --- what they cost ---


def test_every_plain_page_of_a_participant_is_light(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """At most 100 KB and ten requests with nothing in the cache: every page that a link leads to, and the Hub's."""
    reader = person(newcomer())
    line = Line(reader)
    todo, costs = [f"{SERVICE}/", f"{SERVICE}/settings", f"{SERVICE}{LESSON}/pictures/nine-points", *HUB_PAGES], {}
    while todo:
        path = todo.pop()
        if path in costs or not path.startswith(("/services/academy", "/hub/")) or any(no in path for no in NOT_PLAIN):
            continue
        costs[path] = line.cost(lambda path=path: reader.page.goto(academy.url + path))
        todo += paths_on(reader.page)
    assert len(costs) > 12
    assert {path: cost for path, cost in costs.items() if cost[0] > MOST_BYTES or cost[1] > MOST_REQUESTS} == {}
    assert reader.elsewhere == []
    assert reader.violations == []


@pytest.mark.parametrize("kind", sorted(WEIGHTS))
def test_a_size_beside_a_link_is_what_the_link_costs(
    academy: Academy, person: Callable[..., Person], kind: str
) -> None:
    """At most a quarter away from what comes over the line with nothing in the cache."""
    somebody = person(FACILITATORS[1], wide=True)
    page, line = somebody.page, Line(somebody)
    where, sign = {
        "interactive": (
            f"/services/interactive/voila/render/threat-budget.ipynb?cohort={COHORT}",
            page.get_by_role("checkbox").first,
        ),
        "lab": (f"/hub/grading/{COHORT}?lab=1", page.locator(".jp-DirListing-item").first),
        "formgrader": (f"/hub/grading/{COHORT}", page.locator("table").first),
    }[kind]

    def visit() -> None:
        page.goto(academy.url + where)
        expect(sign).to_be_visible(timeout=90_000)
        page.wait_for_load_state("networkidle")

    measured, _ = line.cost(visit)
    assert abs(measured - WEIGHTS[kind]) <= measured / 4, f"the link to {kind} costs {measured} bytes now"


# --- little data ---


def test_with_little_data_pictures_wait_until_they_are_asked_for(
    person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """Without JavaScript: the description stands there, one tap shows the picture, heavy links are folded away."""
    reader = person(newcomer(), javascript=False)
    page = reader.page
    reader.open(LESSON)
    full = page.content()
    assert page.locator("figure svg").count() == 1
    choose(reader, data="low")
    reader.open(LESSON)
    assert len(page.content()) < len(full)
    assert page.locator("figure svg").count() == 0
    assert page.locator("figcaption").count() == 1
    heavy = page.get_by_role("link", name="Open the interactive page")
    expect(heavy).to_be_hidden()
    page.locator("summary").filter(has_text="Interactive page,").click()
    expect(heavy).to_be_visible()
    reader.follow("Show the picture")
    expect(page.locator("figure svg")).to_be_visible()
    reader.follow("Back to the lesson")
    assert urlsplit(page.url).path.endswith("/nine-points")


def test_who_opens_the_settings_from_a_page_comes_back_to_it(
    person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """One tap there, one choice, one button."""
    reader = person(newcomer(), javascript=False)
    reader.open(LESSON)
    reader.follow("Data and this device")
    reader.page.get_by_label("As little as possible").check()
    reader.press("Keep these settings")
    assert urlsplit(reader.page.url).path == SERVICE + LESSON


# --- titles ---


def test_in_discreet_mode_tabs_and_history_say_notes(
    person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """On every page of both parts, signed in or not."""
    reader = person(newcomer(), javascript=False)
    choose(reader, titles="discreet")
    for path in ("/", LESSON, "/me", "/help", "/nothing-here", "/hub/home", "/hub/nothing-here", "/hub/signup"):
        reader.open(path)
        assert (path, reader.page.title()) == (path, "Notes")
        assert reader.page.locator(".site-head .name").inner_text() == "Notes"
    stranger = person(javascript=False)
    choose(stranger, titles="discreet")
    stranger.page.goto(stranger.academy.url)
    assert stranger.page.title() == "Notes"
    assert stranger.page.get_by_label("User name").is_visible()


# --- small scripts ---


def test_answers_save_themselves_where_scripts_run(person: Callable[..., Person], newcomer: Callable[[], str]) -> None:
    """A moment after a change, said with the time; without a line, that they are not saved, and then again."""
    reader = person(newcomer())
    page, path = reader.page, f"/c/{COHORT}/assessments/{ASSESSMENT}"
    reader.open(path)
    page.locator('[name="DS1-A"]').fill("I would begin with the list of names.")
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    page.route("**/draft", lambda route: route.abort())
    page.locator('[name="DS1-A"]').fill("I would begin with the list of names, on paper.")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    page.unroute("**/draft")
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d\d:\d\d"), timeout=20_000)
    reader.open(path)
    assert page.locator('[name="DS1-A"]').input_value() == "I would begin with the list of names, on paper."
    assert reader.violations == []


def test_the_register_follows_arrivals_part_by_part(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """A head-count from another device appears without loading the page again; what is being typed stays."""
    host = person(FACILITATORS[0], wide=True)
    page = host.page
    with academy.visit(FACILITATORS[0]) as elsewhere:
        session = plan_session(elsewhere, "Followed session", clock.now())
        elsewhere.send("/open")
        host.open(f"/c/{COHORT}/sessions/{session}/register?live=1")
        page.get_by_label("Find a name").fill("half a na")
        page.evaluate("window.sameLoad = true")
        elsewhere.open(f"/c/{COHORT}/sessions/{session}/register")
        elsewhere.send("/tally", {"people": "7"})
    expect(page.get_by_role("heading", name=re.compile(r"^7\b"))).to_be_visible(timeout=90_000)
    assert page.evaluate("window.sameLoad") is True
    assert page.get_by_label("Find a name").input_value() == "half a na"
    assert host.violations == []


# --- what stays in the browser ---


def test_a_shared_device_keeps_nothing(person: Callable[..., Person], newcomer: Callable[[], str]) -> None:
    """Who says nothing at sign-in is on a shared device: every answer after it forbids keeping it."""
    reader = person(newcomer())
    kept: list[str] = []
    reader.page.on("response", lambda answer: kept.append(answer.headers.get("cache-control", "")))
    for path in ("/", LESSON, f"/c/{COHORT}/assessments/{ASSESSMENT}", "/me", "/help", "/hub/home"):
        reader.open(path)
    assert len(kept) >= 12
    assert set(kept) == {"no-store"}


@pytest.mark.parametrize("way", ["Sign out", "Leave quickly"])
def test_a_shared_device_forgets_on_the_way_out(
    person: Callable[..., Person], newcomer: Callable[[], str], way: str
) -> None:
    """No cookie is left, the way back leads to the sign-in page, and nobody else is signed out."""
    other = person(newcomer())
    username = newcomer()
    reader, on_another_phone = person(username), person(username)
    reader.open(LESSON)
    reader.follow(way)
    reader.page.wait_for_load_state()
    assert reader.context.cookies() == []
    reader.page.go_back()
    expect(reader.page.get_by_label("Passphrase")).to_be_visible()
    assert is_signed_in(other)
    assert is_signed_in(on_another_phone)


def test_no_other_site_can_make_the_browser_forget(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """The neutral page asks for it only when a link of our own led there."""
    reader = person(newcomer())
    page = reader.page
    page.goto("data:text/html,<title>x</title>")
    with page.expect_response("**/away") as answer:
        page.evaluate(f"location.href = '{academy.url}{SERVICE}/away'")
    page.wait_for_url("**/away")
    assert "clear-site-data" not in answer.value.headers
    assert is_signed_in(reader)


def test_leaving_quickly_signs_out_in_an_old_browser_too(academy: Academy, newcomer: Callable[[], str]) -> None:
    """One that neither says where a request comes from nor knows how to forget a whole site."""
    with academy.visit(newcomer()) as visitor:
        visitor.http.get(f"{SERVICE}/away")
        assert visitor.http.get(f"{SERVICE}/me").url.path == f"{SERVICE}/me"
        visitor.http.get(f"{SERVICE}/away", headers={"Referer": "https://elsewhere.example/"})
        assert visitor.http.get(f"{SERVICE}/me").url.path == f"{SERVICE}/me"
        visitor.http.get(f"{SERVICE}/away", headers={"Referer": f"{academy.url}{SERVICE}/me"})
        assert visitor.http.get(f"{SERVICE}/me").url.path == "/hub/login"


def test_the_cookies_of_a_session_stay_at_home(person: Callable[..., Person], newcomer: Callable[[], str]) -> None:
    """No request that another site causes brings them, and no script reads those that sign in."""
    reader = person(newcomer())
    reader.open(LESSON)
    found = {cookie["name"]: cookie for cookie in reader.context.cookies()}
    assert {"jupyterhub-hub-login", "service-academy", "academy-device"} <= found.keys()
    assert {name for name, cookie in found.items() if cookie["sameSite"] != "Lax"} == set()
    readable = {name for name, cookie in found.items() if not cookie["httpOnly"]}
    assert readable <= {"_xsrf"}


def test_on_ones_own_device_a_lesson_costs_nothing_twice(
    person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """It comes out of the browser's own cache, until something was sent; then it is asked for anew."""
    reader = person()
    sign_in_on_own_device(reader, newcomer())
    line = Line(reader)
    reader.open(LESSON)
    reader.open("/help")
    cost, _ = line.cost(lambda: reader.open(LESSON), cold=False)
    assert (cost, line.kept > 0) == (0, True)
    reader.press("Mark as done and go on")
    line.cost(lambda: reader.open(LESSON), cold=False)
    assert line.bytes > 0
    assert reader.page.get_by_role("button", name="Go on", exact=True).is_visible()


def test_a_lesson_that_has_not_changed_is_not_sent_again(academy: Academy, newcomer: Callable[[], str]) -> None:
    """A conditional request is answered with 304, though the token of its forms looks different each time."""
    with academy.visit(newcomer()) as visitor:
        visitor.http.cookies.set("academy-device", "own", domain="127.0.0.1", path="/")
        first = visitor.http.get(SERVICE + LESSON)
        assert first.headers["Cache-Control"] == "private, max-age=3600"
        assert "Cookie" in first.headers["Vary"]
        again = visitor.http.get(SERVICE + LESSON, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert visitor.http.get(SERVICE + LESSON).text != first.text
        for path in ("/", f"/c/{COHORT}/assessments/{ASSESSMENT}", "/me"):
            assert visitor.http.get(SERVICE + path).headers["Cache-Control"] == "no-store"


def test_ones_own_device_shows_no_lesson_to_the_next_person(
    person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """After signing out the kept copy is not shown; leaving quickly leaves her signed in, as the page says."""
    reader = person()
    sign_in_on_own_device(reader, newcomer())
    reader.open(LESSON)
    reader.follow("Leave quickly")
    assert is_signed_in(reader)
    reader.open(LESSON)
    reader.follow("Sign out")
    reader.open(LESSON)
    expect(reader.page.get_by_label("Passphrase")).to_be_visible()


# --- what they never do ---


def test_no_policy_had_to_keep_anything_out(academy: Academy) -> None:
    """Over every page that was opened so far, of the Hub and of the service."""
    with academy.visit(COORDINATOR) as visitor:
        assert visitor.api("/policy-reports") == {"reports": []}


def test_what_a_policy_keeps_out_is_counted(academy: Academy, person: Callable[..., Person]) -> None:
    """The empty list above means something: a picture from elsewhere in a page of the Hub shows up in it."""
    stranger = person()
    stranger.open("/hub/login")
    with stranger.page.expect_response("**/policy-reports") as answer:
        stranger.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/x'}))")
    assert answer.value.status == 204
    with academy.visit(COORDINATOR) as visitor:
        assert visitor.api("/policy-reports") == {"reports": [{"directive": "img-src", "pages": "hub", "times": 1}]}
