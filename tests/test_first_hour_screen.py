"""The screen of the first hour: what is pressed changes what is shown, and nothing of it is kept."""

from __future__ import annotations

import re

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.interactive.incidents import data
from academy.interactive.screens.first_hour.model import Play, view, word
from academy.interactive.screens.first_hour.view import FirstHour, FirstStep, _incident_log
from academy.interactive.widgets import Live

INCIDENTS = data.load()
PHONE = INCIDENTS.cases[0]


@pytest.fixture
def tab() -> FirstHour:
    """Return the first tab as it is opened."""
    return FirstHour(INCIDENTS.cases)


def every(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """Return a widget and all that stands in it."""
    return [widget, *(inner for child in getattr(widget, "children", ()) for inner in every(child))]


def words(html: str) -> str:
    """Return the text of a piece of page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_hour_begins_at_twenty_to_ten_with_all_gauges_at_three(tab: FirstHour) -> None:
    """The clock and the four gauges are said in words, with their numbers."""
    said = words(tab.gauges.html)

    assert "It is 09:40 . 60 minutes left." in said
    assert "People safe 3, access closed 3, evidence kept 3, team steady 3 (0 to 10)." in said
    assert tab.end.disabled


def test_a_step_takes_time_and_says_what_it_did(tab: FirstHour) -> None:
    """Pressing a step moves clock and gauges, tells its note, and numbers the button; pressing again takes it back."""
    before = tab.gauges.html
    tab.steps["safe"].click()

    assert "It is 09:50 . 50 minutes left." in words(tab.gauges.html)
    assert "People safe 6," in words(tab.gauges.html)
    assert "A person who feels safe also remembers better." in tab.gauges.html
    assert tab.steps["safe"].description.startswith("Step 1, press to take it back: ")

    tab.steps["safe"].click()

    assert tab.gauges.html == before
    assert not tab.steps["safe"].description.startswith("Step")


def test_when_the_hour_is_full_no_further_step_can_be_taken(tab: FirstHour) -> None:
    """What does not fit is disabled; what was taken can still be taken back."""
    for action in PHONE.actions:
        if not action.harmful:
            tab.steps[action.id].click()

    assert "The hour is over." in tab.gauges.html
    assert {name for name, step in tab.steps.items() if step.disabled} == {"post", "blame", "wipe"}


def test_looking_back_tells_the_order_and_three_other_ways(tab: FirstHour) -> None:
    """The end shows the times of one's own steps, what came too early, and the three paths."""
    for name in ("sessions", "safe", "wipe"):
        tab.steps[name].click()
    assert tab.outcome.html == ""
    tab.end.click()
    said = words(tab.outcome.html)

    assert "09:40 From a clean device" in said
    assert "People come before accounts." in said
    assert "1 of your steps took something away." in said
    assert all(path.title in said and words(path.comment) in said for path in PHONE.paths)
    assert "teaching rule" in said

    tab.again.click()

    assert tab.outcome.html == ""
    assert "60 minutes left" in words(tab.gauges.html)


def test_the_case_that_may_distress_opens_only_after_its_note(tab: FirstHour) -> None:
    """Choosing it shows the note and a button, and neither the story nor a step."""
    case = INCIDENTS.cases[2]
    tab.choice.value = case.id

    assert case.warning in tab.story.html
    assert case.story not in tab.story.html
    assert (tab.hour.layout.display, tab.gauges.html) == ("none", "")

    tab.open.click()

    assert case.story in tab.story.html
    assert tab.hour.layout.display is None
    assert len(tab.actions.children) == len(case.actions)


def test_the_walk_asks_until_there_is_something_to_do() -> None:
    """An answer is needed to go on; an end asks nothing more and can be left again."""
    walk = FirstStep(INCIDENTS.tree)

    assert walk.on.disabled
    for answer in (1, 0, 0):
        walk.choice.value = answer
        walk.on.click()
    assert "A device that can be opened" in walk.place.html
    assert (walk.on.layout.display, walk.choice.layout.display) == ("none", "none")

    walk.back.click()

    assert "Was it unlocked" in walk.place.html
    assert walk.choice.value is None


def test_the_log_is_counted_anew_with_each_way_of_looking() -> None:
    """The pattern appears in one of the four ways, and the table tells it in numbers."""
    tab = _incident_log(INCIDENTS.log)
    choice = next(part for part in every(tab) if isinstance(part, ipywidgets.RadioButtons))
    counted = next(part for part in every(tab) if isinstance(part, Live))

    assert "(hearing in this week)" in counted.html
    choice.value = "hearing"
    assert "7 days or fewer before a hearing ●●●●●●●●● 9" in words(counted.html)


def test_there_is_nothing_to_type_into_and_every_control_has_words(tab: FirstHour) -> None:
    """No text field on any tab; each button and choice carries a label that a screen reader can say."""
    parts = [*every(tab.widget()), *every(FirstStep(INCIDENTS.tree).widget()), *every(_incident_log(INCIDENTS.log))]

    assert not [part for part in parts if isinstance(part, ipywidgets.Text | ipywidgets.Textarea)]
    controls = [part for part in parts if isinstance(part, ipywidgets.Button | ipywidgets.RadioButtons)]
    assert len(controls) > 15
    assert all(part.description for part in controls)


def test_a_new_page_knows_nothing_of_the_last_one(tab: FirstHour) -> None:
    """What somebody did lives in her page only."""
    tab.steps["safe"].click()

    assert FirstHour(INCIDENTS.cases).play == Play(case=PHONE.id)


@given(st.permutations([action.id for action in PHONE.actions]).map(lambda names: tuple(names[:4])))
def test_a_step_that_is_taken_back_leaves_the_others_in_their_order(taken: tuple[str, ...]) -> None:
    """Taking back removes one step; the view tells the rest."""
    play = Play(case=PHONE.id, taken=taken).toggled(taken[1])

    assert play.taken == (taken[0], *taken[2:])
    assert len(view(PHONE, play).own.steps) == 3


@given(st.integers(0, 10), st.integers(0, 10))
def test_a_higher_gauge_never_has_a_lower_word(one: int, other: int) -> None:
    """Words follow the order of the values."""
    names = ["none", "little", "some", "good", "full"]
    low, high = sorted((one, other))
    assert names.index(word(low)) <= names.index(word(high))
