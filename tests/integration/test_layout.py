"""How pages lie on a screen: every lesson and simulation on a small phone, and pages mirrored for Arabic."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from academy.content.catalogue import load
from academy.content.model import Lesson
from academy.demo.cast import COHORT
from academy.demo.programme import ASSESSMENT
from academy.demo.visitor import SERVICE
from academy.languages.choosing import COOKIE
from tests.integration.conftest import Academy, Person
from tests.screens import LESSON, SIMULATIONS, simulation

pytestmark = [pytest.mark.hub, pytest.mark.browser]

COURSE = "digital-security"
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
NEAR = 1.5
"""So many pixels may mirrored places differ."""


def lessons(academy: Academy) -> dict[str, Lesson]:
    """Return every lesson of the course by its path below the course's page."""
    content = load(academy.config.content)
    modules = [content.module(slug) for slug in content.course(COURSE).modules]
    return {f"{module.slug}/{lesson.slug}": lesson for module in modules for lesson in module.lessons}


def listen(context: BrowserContext) -> list[str]:
    """Return a list that fills with whatever goes wrong in the pages of a browser."""
    wrong: list[str] = []
    context.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    return wrong


def test_every_lesson_fits_a_small_phone_without_javascript(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """Six modules: nothing has to be scrolled sideways, nothing comes from elsewhere, nothing goes wrong."""
    reader = person(newcomer(), javascript=False)
    wrong, wide = listen(reader.context), {}
    places = lessons(academy)
    assert len({place.split("/")[0] for place in places}) == 6
    for place, lesson in places.items():
        reader.open(f"/c/{COHORT}/lessons/{place}")
        expect(reader.page.get_by_role("heading", level=1)).to_have_text(lesson.title)
        wide[place] = reader.page.evaluate(SIDEWAYS)
    assert {place: pixels for place, pixels in wide.items() if pixels > 0} == {}
    assert wrong == []
    assert reader.elsewhere == []


def test_every_simulation_fits_a_small_phone(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """Each tab of each of them, and again once something was chosen."""
    player = person(newcomer())
    wrong, wide = listen(player.context), {}
    assert {lesson.interactive for lesson in lessons(academy).values()} - {None} == set(SIMULATIONS)
    for app in SIMULATIONS:
        player.page.goto(academy.url + simulation(app))
        expect(player.page.locator(".cell button:visible").first).to_be_visible(timeout=60_000)
        wide[app] = max(_tabs_sideways(player.page))
    assert {app: pixels for app, pixels in wide.items() if pixels > 0} == {}
    assert wrong == []
    assert player.violations == []
    assert player.elsewhere == []


def _tabs_sideways(page: Page) -> list[int]:
    """Return by how much a page is too wide, as it opens and with each of its tabs open."""
    found = [page.evaluate(SIDEWAYS)]
    for tab in page.get_by_role("tab").all():
        tab.click()
        found.append(page.evaluate(SIDEWAYS))
    return found


STARTS = (".site-head .name", "main", "h1", ".crumbs a", ".site-foot li >> nth=0")
"""What begins at the same distance from the start of a line in every language."""
ENDS = (".quick-exit",)
"""What ends at the same distance from its end."""


def distances(page: Page) -> dict[str, float]:
    """Return how far things are from the side of the screen at which a line starts, or ends."""
    width, rtl = page.evaluate("[innerWidth, document.documentElement.dir === 'rtl']")
    found = {}
    for selector in (*STARTS, *ENDS):
        box = page.locator(selector).first.bounding_box() if page.locator(selector).count() else None
        if box is not None:
            left, right = box["x"], width - box["x"] - box["width"]
            found[selector] = right if (selector in STARTS) == rtl else left
    return found


@pytest.mark.parametrize("wide", [False, True], ids=["phone", "computer"])
def test_pages_in_arabic_are_the_mirror_of_those_in_english(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str], *, wide: bool
) -> None:
    """Brand, way back, heading and text begin on the right, the way out stands on the left: at the same distance."""
    reader = person(newcomer(), wide=wide)
    paths = ("/hub/home", f"{SERVICE}/c/{COHORT}", LESSON, f"{SERVICE}/c/{COHORT}/assessments/{ASSESSMENT}")
    places = {}
    for language in ("en", "ar"):
        reader.context.add_cookies([{"name": COOKIE, "value": language, "url": academy.url}])
        for path in paths:
            reader.open(path)
            places[language, path] = distances(reader.page)
    assert all(len(places["en", path]) >= len(STARTS) for path in paths)
    apart = [
        (path, selector, distance, places["ar", path].get(selector))
        for path in paths
        for selector, distance in places["en", path].items()
        if distance != pytest.approx(places["ar", path].get(selector), abs=NEAR)
    ]
    assert apart == []
