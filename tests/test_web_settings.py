"""What a person chooses for the browser in front of her, and what pages make of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.choices import SETTINGS, Choices, cookie_name
from academy.content.catalogue import load
from academy.content.figures import figures_of, kilobytes, name_of
from academy.errors import BadInput, NotFound
from academy.people.pages import ROUTES as PEOPLE
from academy.routing import Page, Redirect, Response, Route
from academy.web.settings_pages import PATH
from academy.web.table import ROUTES
from academy.web.weights import WEIGHTS, size_text, weight
from tests.conftest import ROOT, Cast
from tests.pages import rendered

COOKIES = {cookie_name(name) for name in SETTINGS}
LESSON = {"cohort": "river", "module": "what-we-protect", "lesson": "nine-points"}
LOW, DISCREET, OWN = Choices(data="low"), Choices(titles="discreet"), Choices(device="own")


def route(method: str, path: str) -> Route:
    """Return a route of the table."""
    return next(one for one in ROUTES if (one.method, one.path) == (method, path))


SHOW, CHANGE = route("GET", PATH), route("POST", PATH)
LESSON_PAGE = route("GET", "/c/{cohort}/lessons/{module}/{lesson}")
PICTURE = route("GET", "/c/{cohort}/lessons/{module}/{lesson}/pictures/{picture}")


# --- the choices ---


def test_nothing_chosen_is_the_safer_choice() -> None:
    """A shared device."""
    assert not Choices().own_device
    assert SETTINGS["device"][0] == "shared"


@given(st.dictionaries(st.sampled_from(sorted(COOKIES)), st.text(max_size=30)))
def test_a_cookie_holds_one_of_two_words_or_counts_for_nothing(cookies: dict[str, str]) -> None:
    """So no cookie of ours can carry a name or a number."""
    found = Choices.from_cookies(cookies)
    for name, words in SETTINGS.items():
        assert getattr(found, name) in (None, *words)
        assert getattr(found, name) in (None, cookies.get(cookie_name(name)))


# --- the page ---


def test_anybody_may_open_the_settings_and_sees_what_holds(cast: Cast, call: Callable[..., Response]) -> None:
    """Signed in or not; the safer choices stand first and are chosen."""
    for actor in (cast.davit, cast.salma):
        html = rendered(call(SHOW, actor), actor)
        assert re.findall(r'value="(\w+)"[^>]* checked', html) == ["shared", "full", "clear"]
    kept = Choices(device="own", data="low", titles="discreet")
    html = rendered(call(SHOW, cast.salma, choices=kept), cast.salma, kept)
    assert re.findall(r'value="(\w+)"[^>]* checked', html) == ["own", "low", "discreet"]


def test_what_is_chosen_goes_into_the_browser_and_nowhere_else(cast: Cast, call: Callable[..., Response]) -> None:
    """The answer carries the choices back; the page from which one came is shown again."""
    body = {"device": "own", "data": "low", "titles": "discreet", "back": "/c/river"}
    answer = call(CHANGE, cast.salma, body=body)
    assert answer == Redirect("/c/river", choices=Choices(device="own", data="low", titles="discreet"))


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil", "/a//b", "c/river", "/a?b=c", "/.."]
)
def test_no_link_can_lead_from_the_settings_to_another_site(
    cast: Cast, call: Callable[..., Response], back: str
) -> None:
    """A page to go back to is a path of ours; a made-up one is dropped or refused."""
    page = call(SHOW, cast.salma, query={"back": back})
    assert isinstance(page, Page)
    assert page.context["back"] == PATH
    with pytest.raises(BadInput):
        call(CHANGE, cast.salma, body={"device": "own", "data": "low", "titles": "clear", "back": back})


@pytest.mark.parametrize("wrong", [{"device": "mine"}, {"data": ""}, {"titles": "x"}, {"name": "salma"}])
def test_other_words_are_not_kept(cast: Cast, call: Callable[..., Response], wrong: dict[str, str]) -> None:
    """Unknown values and fields are refused."""
    with pytest.raises(BadInput):
        call(CHANGE, cast.salma, body={"device": "own", "data": "low", "titles": "clear", **wrong})


# --- every page ---


def public(path: str) -> Route:
    """Return a page that needs no sign-in."""
    return next(one for one in PEOPLE if one.path == path)


def test_every_page_has_the_ways_out_and_the_settings(cast: Cast, call: Callable[..., Response]) -> None:
    """Leave quickly, help and safety, data and this device: on the frame that all pages share."""
    html = rendered(call(public("/help"), cast.davit), cast.davit)
    for target in ("/away", "/help", "/settings"):
        assert f'href="/services/academy{target}"' in html
    assert "<script" not in html.replace("<script src=", "")


def test_in_discreet_mode_no_title_tells_anything(cast: Cast, call: Callable[..., Response]) -> None:
    """The tab and the name at the top say "Notes", whatever the page is about."""
    for one in (public("/help"), SHOW):
        html = rendered(call(one, cast.salma), cast.salma, DISCREET)
        assert re.findall(r"<title>(.*?)</title>", html) == ["Notes"]
        assert re.findall(r'class="name"[^>]*>(.*?)</a>', html) == ["Notes"]
        assert "Academy" not in html


def test_leaving_quickly_says_what_it_does_here(cast: Cast, call: Callable[..., Response]) -> None:
    """On a shared device it signs out, on one's own it does not; nowhere does it erase the history."""
    shared = rendered(call(public("/help"), cast.salma), cast.salma)
    own = rendered(call(public("/help"), cast.salma), cast.salma, OWN)
    assert "signs you out in this browser" in shared
    assert "You stay signed in" in own
    assert "does not erase your browser" in shared
    assert "does not erase your browser" in own


# --- little data ---


def lesson_html(call: Callable[..., Response], cast: Cast, choices: Choices) -> str:
    """Return a lesson as it is shown with these choices."""
    return rendered(call(LESSON_PAGE, cast.salma, path=LESSON, choices=choices), cast.salma, choices)


def test_with_little_data_a_lesson_has_descriptions_in_place_of_pictures(
    cast: Cast, call: Callable[..., Response]
) -> None:
    """And a link with its size for each; nothing else of the text is missing."""
    lesson = next(one for one in load(ROOT).module("what-we-protect").lessons if one.slug == "nine-points")
    figures = list(figures_of(lesson.blocks))
    assert figures
    full, low = lesson_html(call, cast, Choices()), lesson_html(call, cast, LOW)
    assert full.count('<figure class="figure">\n<svg') == low.count('class="picture-link"') == len(figures)
    for figure in figures:
        link = f'<a href="nine-points/pictures/{name_of(figure)}">Show the picture ({kilobytes(figure)} KB)</a>'
        assert link in low
        assert figure.alt.replace("'", "&#39;") in low
    assert full.count("<figcaption>") == low.count("<figcaption>")
    assert len(low) < len(full)


def test_a_picture_has_a_page_of_its_own(cast: Cast, call: Callable[..., Response]) -> None:
    """With a way back to its place in the lesson."""
    html = rendered(call(PICTURE, cast.salma, path={**LESSON, "picture": "nine-points"}, choices=LOW), cast.salma, LOW)
    assert html.count('<svg role="img"') == 1
    assert '/lessons/what-we-protect/nine-points#picture-nine-points"' in html


def test_a_picture_of_another_lesson_does_not_exist(cast: Cast, call: Callable[..., Response]) -> None:
    """A made-up name neither."""
    for name in ("no-such-picture", "blank-sheet", ".."):
        with pytest.raises(NotFound):
            call(PICTURE, cast.salma, path={**LESSON, "picture": name})


def test_with_little_data_heavy_links_are_folded_away(cast: Cast, call: Callable[..., Response]) -> None:
    """The fold names the size; without the choice the link stands open, with its size beside it."""
    low, full = lesson_html(call, cast, LOW), lesson_html(call, cast, Choices())
    assert f"<summary>Interactive page, {weight('interactive')} the first time</summary>" in low
    assert "<summary>Interactive page" not in full
    assert f"about {weight('interactive')} the first time" in full


@pytest.mark.parametrize(
    ("size", "text"), [(1, "1 KB"), (1499, "1 KB"), (349_600, "350 KB"), (1_000_000, "1.0 MB"), (2_149_999, "2.1 MB")]
)
def test_sizes_are_written_as_people_write_them(size: int, text: str) -> None:
    """Kilobytes of a thousand bytes, as phone contracts count."""
    assert size_text(size) == text


def test_no_page_writes_a_size_of_its_own() -> None:
    """Sizes of heavy pages stand in one place, where a test measures them."""
    templates = list((ROOT / "src/academy/web/templates").rglob("*.html"))
    assert templates
    assert [file.name for file in templates if re.search(r"\d\s?MB", file.read_text(encoding="utf-8"))] == []
    used = {
        kind for file in templates for kind in re.findall(r'weight\("([\w-]+)"\)', file.read_text(encoding="utf-8"))
    }
    assert used == set(WEIGHTS)


# --- what may be kept ---


def test_only_lessons_may_stay_in_a_browser(cast: Cast, call: Callable[..., Response]) -> None:
    """Nothing else that a person reads or writes here is kept, not even on a device of her own."""
    page = call(LESSON_PAGE, cast.salma, path=LESSON)
    assert isinstance(page, Page)
    assert page.lasting
    home = call(route("GET", "/c/{cohort}"), cast.salma, path={"cohort": "river"})
    assert isinstance(home, Page)
    assert not home.lasting
