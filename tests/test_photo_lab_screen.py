"""The photo lab as a person meets it: copy first, then clean, then compare; nothing is put in and nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.interactive.photos import data
from academy.interactive.photos.model import position
from academy.interactive.screens.photo_lab import show
from academy.interactive.screens.photo_lab.model import MAP_SIZE, Copying, dot, made
from academy.interactive.screens.photo_lab.view import Clean, Inside, _left
from academy.interactive.widgets import Live, Part, fill

STORY = data.load()


def inside(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Walk through a widget and all that stands in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def test_nothing_of_the_file_is_told_before_somebody_looks() -> None:
    """First the guess, then the table with every field and the dot on the map."""
    tab = Inside(STORY)
    assert tab.found.html == ""

    tab.guesses.fields["time"].value = True
    tab.guesses.look.click()

    assert "SN-0099-4417" in tab.found.html
    assert "2025:11:03 15:40:12" in tab.found.html
    assert tab.found.html.count("<tr>") == 7
    assert "As you thought." in tab.guesses.answer.html
    assert "You left this one out." in tab.guesses.answer.html


def test_the_dot_stands_in_the_middle_square() -> None:
    """The invented position lies on the map, where the words say."""
    spot = position(STORY.photo)
    assert spot is not None
    right, down = dot(spot)

    assert MAP_SIZE / 3 < right < MAP_SIZE * 2 / 3
    assert MAP_SIZE / 3 < down < MAP_SIZE * 2 / 3


def test_without_a_copy_the_cleaning_buttons_are_locked() -> None:
    """The original comes first: nothing can be taken out of it."""
    tab = Clean(STORY)
    assert tab.strip.disabled
    assert tab.save.disabled
    assert tab.compare.disabled
    tab.strip.click()
    assert tab.copying == Copying()

    tab.copy.click()

    assert not tab.strip.disabled
    assert tab.compare.disabled


@pytest.mark.parametrize(("way", "words"), [("strip", "Every picture point is the same"), ("save", "have changed")])
def test_comparing_says_what_each_way_does(way: str, words: str) -> None:
    """Taking out leaves the picture alone, saving anew does not; both are different files."""
    tab = Clean(STORY)
    tab.copy.click()
    getattr(tab, way).click()
    assert tab.table.html == ""
    tab.compare.click()

    result = made(STORY.photo, way)  # type: ignore[arg-type]
    assert words in tab.table.html
    assert f"{result.sizes[1]:,}" in tab.table.html
    assert result.fingerprints[0][:12] in tab.table.html
    assert "two different files" in tab.table.html


@given(st.lists(st.sampled_from(["copy", "strip", "save", "compare"]), max_size=8))
def test_no_order_of_steps_cleans_without_a_copy(steps: list[str]) -> None:
    """Whatever is pressed, a cleaned file is a copy, and only cleaned files are compared."""
    now = Copying()
    for step in steps:
        if step == "copy":
            now = now.with_copy()
        elif step == "compare":
            now = now.set_side_by_side()
        else:
            now = now.cleaned(step)  # type: ignore[arg-type]

    assert now.copied or now.way is None
    assert now.way is not None or not now.compared


def test_what_is_left_is_numbered_and_explained() -> None:
    """Eight numbers stand on the picture and in the list; each gets its reason."""
    tab = _left(STORY)
    parts = [widget for widget in inside(tab) if isinstance(widget, Part)]
    look = next(widget for widget in inside(tab) if isinstance(widget, ipywidgets.Button))
    look.click()

    assert sum(part.html.count("<circle") for part in parts) == 8
    answer = next(part for part in parts if isinstance(part, Live))
    assert all(thing.card.why in answer.html for thing in STORY.things)


def test_the_picture_comes_with_the_page_and_with_words() -> None:
    """No other host is asked, and who cannot see it hears what is in it."""
    html = fill("photo_lab/picture.html", story=STORY, things=(), photo="AA==", size=(640, 420))

    assert 'href="data:image/jpeg;base64,' in html
    assert "http" not in html
    assert f'aria-label="{STORY.alt}"' in html


def test_nothing_can_be_put_in_and_every_control_has_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Only buttons and checkboxes; the page says that it keeps nothing."""
    tabs = [Inside(STORY).widget(), Clean(STORY).widget(), _left(STORY)]
    controls = [w for tab in tabs for w in inside(tab) if isinstance(w, ipywidgets.DOMWidget | ipywidgets.Button)]
    named = [w for w in controls if isinstance(w, ipywidgets.Button | ipywidgets.Checkbox)]

    assert not [w for w in controls if isinstance(w, ipywidgets.Text | ipywidgets.Textarea | ipywidgets.FileUpload)]
    assert all(w.description.strip() for w in named)
    assert "nothing is kept" in fill("photo_lab/intro.html")
    show()
    assert capsys.readouterr().err == ""
