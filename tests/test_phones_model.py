"""The shared-phone planner: four homes, eight arrangements, no score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.phones import data
from academy.interactive.phones.model import MOST, plan

STORY = data.load()
HOMES = [home.id for home in STORY.homes]
IDS = [one.id for one in STORY.arrangements]

homes = st.sampled_from(HOMES)
few = st.lists(st.sampled_from(IDS), max_size=MOST, unique=True)


def test_there_are_four_homes_and_eight_arrangements() -> None:
    """Each home has three voices, and each arrangement says what it does in every home."""
    assert (len(HOMES), len(IDS), MOST) == (4, 8, 4)
    assert all(len(home.voices) == 3 for home in STORY.homes)
    assert all(set(one.remarks) == set(HOMES) for one in STORY.arrangements)


@given(homes, few)
def test_each_chosen_arrangement_is_answered_for_this_home(home: str, chosen: list[str]) -> None:
    """In the order of the story, whatever the order of choosing, and nothing that was not chosen."""
    found = plan(STORY, home, chosen)

    assert {outlook.arrangement.id for outlook in found.outlooks} == set(chosen)
    assert found == plan(STORY, home, sorted(chosen))
    assert all(outlook.remark == outlook.arrangement.remarks[home] for outlook in found.outlooks)
    assert all(outlook in found.outlooks for outlook in found.careful)


@given(homes, st.sets(st.sampled_from(IDS), min_size=MOST + 1))
def test_more_than_four_are_put_back(home: str, chosen: set[str]) -> None:
    """Nobody keeps up five at once."""
    with pytest.raises(BadInput) as caught:
        plan(STORY, home, chosen)

    assert caught.value.code == "too-many"


@given(homes)
def test_a_hidden_app_is_never_shown_without_a_warning(home: str) -> None:
    """Found on a shared phone it can bring accusation or violence, so every home says: take care."""
    assert [outlook.arrangement.id for outlook in plan(STORY, home, ["hidden"]).careful] == ["hidden"]


def test_where_she_is_afraid_every_visible_change_is_marked() -> None:
    """Safety comes first in one home; what changes the phone there is marked, and support is named on the page."""
    (afraid,) = [home for home in STORY.homes if home.safety_first]
    marked = {one.id for one in STORY.arrangements if one.remarks[afraid.id].care}

    assert marked == {"second", "lock", "hidden", "clearing"}


def test_keeping_data_off_the_phone_endangers_nobody_at_home() -> None:
    """Nothing to find and nothing to hide: it is marked in no home."""
    assert not any(plan(STORY, home, ["office"]).careful for home in HOMES)


@pytest.mark.parametrize(("home", "chosen"), [("palace", []), ("brother", ["magic"])])
def test_unknown_homes_and_arrangements_are_refused(home: str, chosen: list[str]) -> None:
    """What is not in the story is bad input."""
    with pytest.raises(BadInput):
        plan(STORY, home, chosen)


def test_a_remark_for_each_home_is_required() -> None:
    """A new home cannot be forgotten by an old arrangement."""
    text = """
homes: [{id: a, name: {en: A}, about: {en: A}, voices: []}, {id: b, name: {en: B}, about: {en: B}, voices: []}]
arrangements:
  - {id: x, text: {en: X}, protects: {en: X}, seen: {en: X}, cost: {en: X},
     remarks: {a: {text: {en: X}}}}
"""
    with pytest.raises(ContentError) as caught:
        data.read(text)

    assert caught.value.field == "arrangements.x"
