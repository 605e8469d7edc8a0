"""The shared-phone planner as a person meets it: no score, care where it could hurt, and her decision."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.interactive.phones import data
from academy.interactive.phones.model import MOST
from academy.interactive.screens.phone_lab import show
from academy.interactive.screens.phone_lab.model import Play
from academy.interactive.screens.phone_lab.view import Planner
from academy.interactive.widgets import fill

STORY = data.load()
IDS = [one.id for one in STORY.arrangements]


def inside(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Walk through a widget and all that stands in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def looked_at(home: str, *chosen: str) -> Planner:
    """Choose, look, and return the planner."""
    planner = Planner(STORY)
    planner.homes.value = home
    for name in chosen:
        planner.fields[name].value = True
    planner.look.click()
    return planner


def test_what_could_follow_is_told_for_the_chosen_home_only() -> None:
    """The same arrangement means something else behind another door."""
    at_brother, at_sister = looked_at("brother", "second"), looked_at("sister", "second")
    second = next(one for one in STORY.arrangements if one.id == "second")

    assert "Show it to him before he finds it" in at_brother.outcome.html
    assert "It is a gift and not a wall." in at_sister.outcome.html
    assert all(escape(second.cost) in planner.outcome.html for planner in (at_brother, at_sister))


def test_nothing_is_told_before_she_looks() -> None:
    """First the choice, then what could follow."""
    planner = Planner(STORY)
    assert planner.look.disabled
    planner.fields["codes"].value = True

    assert planner.outcome.html == ""
    assert not planner.look.disabled


def test_a_fifth_arrangement_has_to_be_put_back() -> None:
    """The page says so, shows no result and lets her put all back."""
    planner = looked_at("sister", *IDS[: MOST + 1])

    assert planner.look.disabled
    assert "Put 1 back" in planner.count.html
    assert planner.outcome.html == ""
    planner.again.click()
    assert planner.play.chosen == frozenset()


@pytest.mark.parametrize("home", STORY.homes, ids=lambda home: home.id)
def test_care_is_said_where_an_arrangement_could_hurt(home: object) -> None:
    """The hidden app is never shown without it."""
    assert "Take care." in looked_at(home.id, "hidden").outcome.html  # type: ignore[attr-defined]


def test_support_comes_before_settings_where_she_is_afraid() -> None:
    """The box about support stands in that home, before anything is chosen, and in no other."""
    boxes = {home.id: "support organisation" in looked_at(home.id).home.html for home in STORY.homes}

    assert boxes == {home.id: home.safety_first for home in STORY.homes}


def test_three_voices_disagree_and_there_is_no_score() -> None:
    """She is asked whether she would choose it; no number judges her."""
    html = looked_at("brother", "office", "codes").outcome.html

    assert "Would she choose this?" in html
    assert all(voice.name in html for voice in STORY.homes[0].voices)
    assert "points" not in html
    assert "score" not in html


@given(st.sets(st.sampled_from(IDS)), st.sampled_from(IDS))
def test_choosing_and_putting_back_changes_nothing(chosen: set[str], one: str) -> None:
    """An arrangement can always be put back."""
    play = Play(home="brother", chosen=frozenset(chosen))

    assert play.toggled(one).toggled(one) == play
    assert play.too_many == max(0, len(chosen) - MOST)


def test_nothing_can_be_typed_and_every_control_has_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Only radio buttons, checkboxes and buttons; the page says that it keeps nothing and announces the hard home."""
    controls = [w for w in inside(Planner(STORY).widget()) if hasattr(w, "description")]

    assert {type(w) for w in controls} == {ipywidgets.RadioButtons, ipywidgets.Checkbox, ipywidgets.Button}
    assert all(w.description.strip() for w in controls)
    assert "nothing is kept" in fill("phone_lab/intro.html")
    assert "You can leave that one out." in fill("phone_lab/intro.html")
    show()
    assert capsys.readouterr().err == ""
