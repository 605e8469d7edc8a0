"""The screen of the silent log: what is chosen changes the log that is shown, and nothing is kept."""

from __future__ import annotations

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.interactive.call_log import data
from academy.interactive.call_log.inference import links
from academy.interactive.call_log.model import changed
from academy.interactive.screens.silent_log.model import first_lines, view, when
from academy.interactive.screens.silent_log.view import Habits, Reading
from academy.interactive.widgets import fill

CASE = data.load()
HABITS = [habit.id for habit in CASE.habits]


def test_the_log_is_shown_line_by_line() -> None:
    """Twelve lines, in order, with times as people say them."""
    html = fill("silent_log/log.html", lines=first_lines(CASE), when=when)

    assert html.count("<li>") == 12
    assert when(CASE.entries[5]) == "Tue 07:40 to 09:20"
    assert html.index("Mon 08:02") < html.index("Tue 07:40 to 09:20") < html.index("Wed 08:04")


def test_reading_is_compared_only_when_somebody_asks() -> None:
    """Nothing is given away beforehand; afterwards each question has its answer and its lines."""
    tab = Reading(CASE)
    tab.fields["witness"].value = "davit"
    tab.fields["result"].value = "lawyer"
    assert tab.answer.html == ""
    tab.compare.click()
    assert "You chose: Davit." in tab.answer.html
    assert tab.answer.html.count("You read the same.") == 1
    assert "You left this one open." in tab.answer.html
    assert "Look at lines 7, 8." in tab.answer.html


@given(st.sets(st.sampled_from(HABITS)))
def test_the_score_on_the_screen_is_that_of_the_rules(chosen: set[str]) -> None:
    """The list of links, the number and the log say the same."""
    shown = view(CASE, chosen)

    assert shown.score == sum(link.left for link in shown.links) == len(links(CASE, changed(CASE, chosen)))
    assert (shown.most, len(shown.links)) == (5, 5)
    assert shown.gone == len(CASE.entries) - sum(line.state != "new" for line in shown.lines)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [((), "5 of 5"), (("home",), "2 of 5"), (("clinic-day",), "4 of 5"), (("home", "shop"), "not the same as safe")],
)
def test_choosing_a_habit_changes_what_is_said(chosen: tuple[str, ...], words: str) -> None:
    """The score follows each card, and zero is never called safe."""
    tab = Habits(CASE)
    for name in chosen:
        tab.cards[name].value = True

    assert words in tab.score.html
    assert tab.outcome.html.count("still there") == view(CASE, chosen).score


def test_putting_a_habit_back_brings_its_lines_back() -> None:
    """Nothing is lost by trying."""
    tab = Habits(CASE)
    before = tab.outcome.html
    tab.cards["shop"].value = True
    assert "Word goes through" in tab.outcome.html
    tab.cards["shop"].value = False
    assert tab.outcome.html == before


def test_each_control_has_words_and_each_change_is_said() -> None:
    """Screen readers hear a label for every control and are told what changed; nobody can type anything."""
    reading, habits = Reading(CASE), Habits(CASE)
    controls = [*reading.fields.values(), reading.compare, *habits.cards.values()]

    assert all(control.description for control in controls)
    assert reading.answer.live
    assert habits.score.live
    assert not [control for control in controls if isinstance(control, ipywidgets.Text | ipywidgets.Textarea)]


def test_the_page_says_that_it_is_private_and_what_it_is_for() -> None:
    """The first lines promise that nothing is kept; the last ones speak of a witness, not of hiding in general."""
    outcome = Habits(CASE).outcome.html

    assert "nothing is kept" in fill("silent_log/intro.html")
    assert "protecting a witness" in outcome
    assert "teaching rule" in outcome
