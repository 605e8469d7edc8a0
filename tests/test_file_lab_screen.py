"""The file lab as a person meets it: guess, look, copy, clean; and four drawers of records."""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.interactive.documents import data as documents
from academy.interactive.records import data as records
from academy.interactive.records.model import DECISIONS
from academy.interactive.screens.file_lab import show
from academy.interactive.screens.file_lab.model import Cleaning, drawers, first_tab
from academy.interactive.screens.file_lab.view import Drawer, Sheet
from academy.interactive.widgets import Live, Part, fill

STORY = documents.load()
RECORDS = records.load()


def inside(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Walk through a widget and all that stands in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def shown(widget: ipywidgets.Widget) -> str:
    """Return all markup that a tab shows."""
    return "\n".join(part.html for part in inside(widget) if isinstance(part, Part))


@pytest.mark.parametrize("number", [0, 1])
def test_the_name_comes_to_light_only_when_somebody_looks(number: int) -> None:
    """The page shows no name; the file holds it."""
    sheet = Sheet(STORY, STORY.papers[number])
    tab = sheet.widget()
    assert "Mira Sol" not in shown(tab)
    assert sheet.copy.disabled

    sheet.guesses.look.click()

    assert "Mira Sol" in shown(tab)
    assert not sheet.copy.disabled
    assert sheet.clean.disabled


@pytest.mark.parametrize("number", [0, 1])
def test_a_clean_copy_is_told_with_its_sizes(number: int) -> None:
    """After the copy it can be cleaned; the page says that nothing more is found."""
    sheet = Sheet(STORY, STORY.papers[number])
    for step in (sheet.guesses.look, sheet.copy, sheet.clean):
        step.click()

    assert "Looking inside finds nothing more." in sheet.state.html
    assert f"{len(STORY.papers[number].data):,} bytes" in sheet.state.html


@given(st.lists(st.sampled_from(["after_look", "with_copy", "clean"]), max_size=6))
def test_no_order_of_steps_cleans_the_original(steps: list[str]) -> None:
    """What is cleaned is a copy, and a copy is made by somebody who has looked."""
    now = Cleaning()
    for step in steps:
        now = getattr(now, step)()

    assert now.copied or not now.cleaned
    assert now.looked or not now.copied


def test_a_bar_is_said_to_those_who_cannot_see_it() -> None:
    """The black bar is hidden from screen readers and said in words."""
    assert "(a black bar)" in shown(Sheet(STORY, STORY.papers[1]).widget())


def test_each_record_lies_in_one_of_four_drawers() -> None:
    """Nothing is lost between the drawers."""
    held = drawers(RECORDS)

    assert [len(drawer) for drawer in held] == [5, 5, 5, 5]
    assert [record for drawer in held for record in drawer] == list(RECORDS)


def test_a_drawer_tells_what_the_group_decided_and_why() -> None:
    """What fits, what was chosen otherwise and what was left open are said, with purpose, person and copies."""
    drawer = Drawer(1, RECORDS[:5])
    assert drawer.answer.html == ""
    drawer.fields["R1"].value = "code"
    drawer.fields["R2"].value = "keep"
    drawer.look.click()

    assert "You chose code. That fits." in drawer.answer.html
    assert "You chose keep.<" in drawer.answer.html
    assert drawer.answer.html.count("You left this one open.") == 3
    assert drawer.answer.html.count("Who is at risk:") == 5


def test_each_lesson_opens_the_part_that_it_teaches() -> None:
    """The lesson about records opens the drawers, any other address the first file."""
    assert first_tab({"lesson": "which-records-to-keep"}) == 2
    assert first_tab({"lesson": "what-a-file-remembers"}) == 0
    assert first_tab({}) == 0


def test_nothing_can_be_put_in_and_every_control_has_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Only buttons, checkboxes and lists; changes are told; the page says that it keeps nothing."""
    tabs = [Sheet(STORY, paper).widget() for paper in STORY.papers]
    tabs += [Drawer(1, RECORDS[:5]).widget()]
    controls = [w for tab in tabs for w in inside(tab) if hasattr(w, "description")]

    assert not [w for w in controls if isinstance(w, ipywidgets.Text | ipywidgets.Textarea | ipywidgets.FileUpload)]
    assert all(w.description.strip() for w in controls)
    assert all(any(isinstance(w, Live) for w in inside(tab)) for tab in tabs)
    assert {value for w in controls if isinstance(w, ipywidgets.Dropdown) for _, value in w.options} == {"", *DECISIONS}
    assert "nothing is kept" in fill("file_lab/intro.html")
    show()
    assert capsys.readouterr().err == ""
