"""The dice lab as a person meets it: what she chooses is what she sees, and nothing asks for her own secrets."""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.interactive.keys import data
from academy.interactive.keys.dice import look_up
from academy.interactive.screens.dice_lab.model import MOST, Sheet, clock_table, placed, scores
from academy.interactive.screens.dice_lab.view import Clock, Dice, Factors
from academy.interactive.widgets import Live, Part, fill

LAB = data.load()
WORDS = data.word_list()


def inside(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Walk through a widget and all that stands in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def tabs() -> list[ipywidgets.Widget]:
    """Return the three tabs, new."""
    return [Dice(WORDS).widget(), Clock(LAB).widget(), Factors(LAB).widget()]


def shown(widget: ipywidgets.Widget) -> str:
    """Return all markup that a tab shows."""
    return "\n".join(part.html for part in inside(widget) if isinstance(part, Part))


def test_a_roll_writes_one_word_down_and_says_its_strength() -> None:
    """After six rolls six words stand there with 77.5 bits; starting again clears the sheet."""
    tab = Dice(WORDS)
    for _ in range(6):
        tab.roll.click()

    assert all(rolled.word in tab.outcome.html for rolled in tab.sheet.rolls)
    assert "77.5 bits" in tab.outcome.html
    assert "221,073,919,720,733,357,899,776" in tab.outcome.html
    tab.again.click()
    assert "No word yet" in tab.outcome.html


def test_rolling_ends_when_there_are_more_words_than_anybody_needs() -> None:
    """The ninth roll is not possible, and the page says why."""
    tab = Dice(WORDS)
    for _ in range(MOST + 3):
        tab.roll.click()

    assert len(tab.sheet.rolls) == MOST
    assert tab.roll.disabled
    assert "more than anybody needs" in tab.outcome.html


def test_dice_on_the_table_are_looked_up_without_a_click() -> None:
    """Each change of a die shows its word at once."""
    tab = Dice(WORDS)
    for die, face in zip(tab.dice, (4, 3, 4, 6, 3), strict=True):
        die.value = face

    assert "43463" in tab.found.html
    assert "panoramic" in tab.found.html


@given(st.lists(st.lists(st.integers(1, 6), min_size=5, max_size=5), max_size=12))
def test_a_sheet_counts_what_stands_on_it(thrown: list[list[int]]) -> None:
    """Possibilities and letters belong to the words on the sheet, and never more than eight stand there."""
    sheet = Sheet()
    for faces in thrown:
        sheet = sheet.plus(look_up(WORDS, faces))

    assert len(sheet.rolls) == min(len(thrown), MOST)
    assert sheet.possibilities == 7776 ** len(sheet.rolls)
    assert sheet.phrase.split(" ") == [rolled.word for rolled in sheet.rolls] or not thrown


def test_the_clock_waits_until_the_learner_has_settled_on_an_order() -> None:
    """First the puzzle, then the times; places that were left open are said kindly."""
    tab = Clock(LAB)
    assert tab.clock.layout.display == "none"
    assert tab.order.html == ""

    tab.places["name"].value = 5
    tab.places["pin4"].value = 1
    tab.look.click()

    assert tab.clock.layout.display is None
    assert "You gave it place 5" in tab.order.html
    assert "That is where you put it" in tab.order.html
    assert tab.order.html.count("You left this one open") == 3


def test_the_clock_follows_what_is_chosen() -> None:
    """Six words on a stolen, badly kept file: 350,000 years on average."""
    tab = Clock(LAB)
    tab.look.click()
    tab.secret.value = LAB.secrets[-1]
    tab.pace.value = LAB.paces[2]

    assert "350,000 years" in tab.time.html


def test_an_attack_meets_a_factor() -> None:
    """A changed choice changes the outcome, and so do backup codes; the table of all follows."""
    tab = Factors(LAB)
    tab.factor.value, tab.attack.value = "sms", "lost"
    before = tab.outcome.html
    tab.spare.value = True

    assert "Salma is locked out" in before
    assert "Salma can sign in" in tab.outcome.html
    assert "With backup codes" in tab.table.html
    tab.factor.value, tab.attack.value = "key", "targeted"
    assert "Stopped" in tab.outcome.html


@given(st.dictionaries(st.sampled_from([s.id for s in LAB.ranking]), st.integers(1, 5)))
def test_the_right_order_does_not_depend_on_what_was_given(given_places: dict[str, int]) -> None:
    """Five secrets stand in their places, each with what the learner said about it."""
    rows = placed(LAB, given_places)

    assert [row.place for row in rows] == [1, 2, 3, 4, 5]
    assert {row.secret.id: row.given for row in rows if row.given} == given_places


def test_tables_are_whole() -> None:
    """Every secret at every speed, every factor against every attack."""
    assert {len(line.times) for line in clock_table(LAB)} == {len(LAB.paces)}
    assert [len(score.meetings) for score in scores(LAB, spare=False)] == [5] * 5


@pytest.mark.parametrize("number", range(3))
def test_no_field_takes_words_and_every_control_has_a_name(number: int) -> None:
    """There is no text field at all, so nobody can type a password; every control says what it is for."""
    parts = list(inside(tabs()[number]))
    controls = [part for part in parts if isinstance(part, ipywidgets.DOMWidget) and hasattr(part, "description")]

    assert not [part for part in parts if isinstance(part, (ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Password))]
    assert controls
    assert all(control.description for control in controls)


@pytest.mark.parametrize("number", range(3))
def test_what_changes_is_told_to_screen_readers(number: int) -> None:
    """Each tab has a live part, and every table a name."""
    tab = tabs()[number]

    assert any(isinstance(part, Live) for part in inside(tab))
    assert shown(tab).count("<table") == shown(tab).count("<caption")


def test_a_new_visitor_finds_nothing_of_the_last_one() -> None:
    """The sheet belongs to one page: another page starts empty."""
    first, second = Dice(WORDS), Dice(WORDS)
    for _ in range(3):
        first.roll.click()

    assert second.sheet == Sheet()
    assert not any(rolled.word in second.outcome.html for rolled in first.sheet.rolls)


def test_the_page_says_that_its_words_are_for_practice_and_whose_list_it_is() -> None:
    """Words that a server has seen are not for a real account; the list's makers are named."""
    assert "for practice only" in fill("dice_lab/intro.html")
    assert "stores nothing" in fill("dice_lab/intro.html")
    assert "Joseph Bonneau" in shown(tabs()[0])
    assert "CC BY" in shown(tabs()[0])
