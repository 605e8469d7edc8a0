"""The first hour: its clock and gauges, what should come first, the walk to a first step, and the log."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.incidents import data
from academy.interactive.incidents.log import VIEWS, counts, days_to_hearing, near
from academy.interactive.incidents.model import FULL, MINUTES, START, Case, Gauges, clock, early, fits, hour
from academy.interactive.incidents.walk import at, endings

INCIDENTS = data.load()
CASES = {case.id: case for case in INCIDENTS.cases}
PHONE = CASES["phone"]
IN_BRIEF = {
    "safe": (10, 3, 0, 0, 2),
    "ask": (5, 1, 1, 1, 0),
    "warn": (5, 3, 0, 0, 0),
    "sessions": (10, 0, 3, 0, 0),
    "groups": (5, 1, 2, 0, 0),
    "call-davit": (5, 1, 0, 2, 1),
    "wipe": (5, 0, 2, -3, -1),
    "post": (5, -2, 0, 0, -1),
    "blame": (5, -1, 0, -1, -3),
    "log": (10, 0, 0, 3, 1),
    "helpline": (5, 0, 1, 0, 1),
    "rest": (5, 1, 0, 0, 3),
}
"""Minutes, people, access, evidence, team, as checked when the case was written."""
SMALL = """
cases:
  - id: one
    begins: "23:50"
    title: {en: One, bn: এক}
    story: {en: Story.}
    actions:
      - {id: a, minutes: 10, people: 3, text: {en: A}, note: {en: Good.}}
      - {id: b, minutes: 5, team: -3, text: {en: B}, note: {en: Hard.}}
    orders: [{first: a, then: b, why: {en: First A.}}]
    paths: [{id: p, title: {en: P}, actions: [a], comment: {en: Short.}}]
places:
  - {id: start, title: {en: Start}, ask: {en: "Which?"}, choices: [{text: {en: This}, to: end}]}
  - {id: end, title: {en: End}, steps: [{en: Do it.}]}
log: {hearings: [2025-01-08], entries: [{day: 2025-01-02, place: {en: Here}, seen: {en: It.}}]}
"""


@st.composite
def hours(draw: st.DrawFn) -> tuple[Case, list[str]]:
    """Return a case and steps that fit into its hour, in any order."""
    case = draw(st.sampled_from(INCIDENTS.cases))
    taken: list[str] = []
    for _ in range(draw(st.integers(0, 12))):
        possible = fits(case, taken)
        if not possible:
            break
        taken.append(draw(st.sampled_from(possible)))
    return case, taken


def test_the_taken_phone_has_the_minutes_and_effects_that_were_checked() -> None:
    """Twelve steps, each with its minutes and its four changes."""
    found = {action.id: (action.minutes, *action.effect.values()) for action in PHONE.actions}

    assert found == IN_BRIEF
    assert clock(PHONE, 0) == "09:40"


@pytest.mark.parametrize("case", INCIDENTS.cases, ids=lambda case: case.id)
def test_a_calm_team_can_take_every_helpful_step(case: Case) -> None:
    """In each case the helpful steps take sixty minutes together; no harmful one fits beside them."""
    helpful = [action.id for action in case.actions if not action.harmful]
    harmful = [action for action in case.actions if action.harmful]

    assert hour(case, helpful).spent == MINUTES
    assert fits(case, helpful) == ()
    assert len(harmful) == 3
    assert min(hour(case, helpful).gauges.values()) >= 7


def test_the_hour_of_the_taken_phone_ends_as_checked() -> None:
    """All helpful steps fill three gauges; evidence ends at 9."""
    helpful = [action.id for action in PHONE.actions if not action.harmful]

    assert hour(PHONE, helpful).gauges == Gauges(10, 10, 9, 10)
    assert hour(PHONE, []).gauges == Gauges(START, START, START, START)


@given(hours())
def test_a_harmful_step_always_crowds_a_helpful_one_out(played: tuple[Case, list[str]]) -> None:
    """Whoever takes a harmful step cannot take all helpful ones."""
    case, taken = played
    helpful = {action.id for action in case.actions if not action.harmful}

    if set(taken) - helpful:
        assert not helpful <= set(taken)


@given(hours())
def test_the_clock_and_the_gauges_stay_on_their_scales(played: tuple[Case, list[str]]) -> None:
    """At most sixty minutes are spent, each step begins where the one before ended, and gauges stay in 0..10."""
    case, taken = played
    result = hour(case, taken)

    assert result.spent + result.left == MINUTES
    assert result.left >= 0
    assert [step.at for step in result.steps] == [
        sum(step.action.minutes for step in result.steps[:number]) for number in range(len(taken))
    ]
    assert all(0 <= value <= FULL for step in result.steps for value in step.gauges.values())


@given(hours(), st.randoms())
def test_the_order_changes_the_remarks_and_not_the_gauges(played: tuple[Case, list[str]], random: object) -> None:
    """The same steps in another order end with the same gauges."""
    case, taken = played
    other = sorted(taken, key=lambda _: random.random())  # type: ignore[attr-defined]

    assert hour(case, taken).gauges == hour(case, other).gauges


@given(hours())
def test_a_remark_names_a_step_that_was_taken_too_early(played: tuple[Case, list[str]]) -> None:
    """The later step was taken; the first one came after it, or not at all."""
    case, taken = played
    for remark in early(case, taken):
        assert remark.then.id in taken
        assert remark.missing == (remark.first.id not in taken)
        assert remark.missing or taken.index(remark.first.id) > taken.index(remark.then.id)


def test_people_come_before_accounts() -> None:
    """Signing out first, and caring afterwards, is remarked on; the other way round is not."""
    remarks = early(PHONE, ["sessions", "safe", "ask", "warn"])

    assert [(r.first.id, r.then.id, r.missing) for r in remarks] == [
        ("safe", "sessions", False),
        ("warn", "sessions", False),
    ]
    assert early(PHONE, ["safe", "ask", "warn", "sessions"]) == ()


@pytest.mark.parametrize("case", INCIDENTS.cases, ids=lambda case: case.id)
def test_each_case_has_three_commented_paths_and_the_first_one_is_calm(case: Case) -> None:
    """The calm path takes no harmful step and none too early; the last one shows what anger costs."""
    calm, _, anger = case.paths
    harmful = {action.id for action in case.actions if action.harmful}

    assert early(case, calm.actions) == ()
    assert not harmful & set(calm.actions)
    assert harmful <= set(anger.actions)
    assert hour(case, calm.actions).spent == MINUTES
    assert sum(hour(case, anger.actions).gauges.values()) < sum(hour(case, calm.actions).gauges.values()) - 10
    assert all(path.comment for path in case.paths)


@pytest.mark.parametrize("case", INCIDENTS.cases, ids=lambda case: case.id)
def test_what_the_comments_tell_about_the_clock_is_so(case: Case) -> None:
    """The first two comments name the minutes at which people were helped."""
    for number, step, words in {
        "phone": [(0, "sessions", "after twenty minutes"), (1, "safe", "35 minutes"), (1, "rest", "")],
        "account": [(0, "keep", "after twenty minutes"), (1, "warn", "after 35 minutes")],
        "page": [(0, "household", "After fifteen minutes"), (1, "night", "40 minutes")],
    }[case.id]:
        path = case.paths[number]
        begun = {taken.action.id: taken.at for taken in hour(case, path.actions).steps}
        minutes = {"twenty": 20, "fifteen": 15}
        if words:
            told = next((value for word, value in minutes.items() if word in words), None)
            assert words in path.comment
            assert begun[step] == (told or int("".join(filter(str.isdigit, words))))
        else:
            assert step not in begun


def test_only_the_page_is_announced_and_optional() -> None:
    """The case about threats at home says so before it opens; the others open at once."""
    assert [bool(case.warning) for case in INCIDENTS.cases] == [False, False, True]
    assert "nothing here is counted" in CASES["page"].warning


@pytest.mark.parametrize(
    ("taken", "code"), [(["fly"], "unknown-step"), (["safe", "safe"], "doubled-step"), ([*IN_BRIEF], "too-long")]
)
def test_what_cannot_be_done_is_refused(taken: list[str], code: str) -> None:
    """Unknown steps, the same step twice, and more than an hour are bad input."""
    with pytest.raises(BadInput) as caught:
        hour(PHONE, taken)

    assert caught.value.code == code


def test_the_clock_passes_midnight() -> None:
    """An hour that begins late ends on the next day."""
    (case,) = data.read(SMALL).cases

    assert clock(case, 15) == "00:05"


def test_the_walk_begins_with_people_and_every_place_leads_somewhere() -> None:
    """Every place can be reached, every way ends after at most three answers, and each end says what to do."""
    tree = INCIDENTS.tree
    ends = endings(tree)
    reached = {at(tree, way[:length]).id for way in ends.values() for length in range(len(way) + 1)}

    assert "danger" in at(tree, ()).ask
    assert reached == {place.id for place in tree.places}
    assert max(map(len, ends.values())) <= 3
    assert all(2 <= len(tree.place(end).steps) <= 5 for end in ends)
    assert all(bool(place.ask) == bool(place.choices) for place in tree.places)


def test_who_is_in_danger_is_never_sent_to_an_account() -> None:
    """The first answer leads to people; who is not safe yet is told to leave the page."""
    assert at(INCIDENTS.tree, (0,)).id == "people"
    assert "Leave this page" in at(INCIDENTS.tree, (0, 1)).steps[0]


def test_an_answer_that_does_not_exist_is_refused() -> None:
    """A number outside the choices is bad input."""
    with pytest.raises(BadInput):
        at(INCIDENTS.tree, (7,))


def test_nine_of_twelve_entries_stand_in_the_week_before_a_hearing() -> None:
    """The pattern of the log, as the assessment uses it."""
    log = INCIDENTS.log

    assert (len(near(log)), len(log.entries)) == (9, 12)
    assert [row.count for row in counts(log, "hearing")] == [9, 3]
    assert (log.entries[-1].day - log.entries[0].day).days in range(170, 185)


@pytest.mark.parametrize("by", VIEWS)
def test_every_way_of_counting_counts_all_entries(by: str) -> None:
    """Each entry is counted once, however the log is looked at."""
    assert sum(row.count for row in counts(INCIDENTS.log, by)) == 12


def test_only_the_hearings_show_a_pattern() -> None:
    """By weekday and by place no line holds half of the entries."""
    for by in ("weekday", "place"):
        assert max(row.count for row in counts(INCIDENTS.log, by)) < 6
    assert [row.hearing for row in counts(INCIDENTS.log, "week")].count(True) == 3


def test_the_day_of_the_hearing_is_not_before_it() -> None:
    """Days are counted to the next hearing; after the last one there is none."""
    log = INCIDENTS.log

    assert days_to_hearing(log, date(2025, 11, 17)) == 1
    assert days_to_hearing(log, date(2025, 9, 16)) == 63
    assert days_to_hearing(log, date(2025, 11, 18)) is None


def test_the_log_names_nobody() -> None:
    """People stand in it as codes, and a suspicion is not written as a fact."""
    words = " ".join(entry.seen for entry in INCIDENTS.log.entries)

    assert not any(name in words for name in ("Salma", "Anika", "Bela", "Davit", "Nura"))
    assert "V-03" in words
    assert "the police" not in words


def test_a_translation_is_used_where_it_exists() -> None:
    """A language shows its own words and falls back to English where they are missing."""
    (case,) = data.read(SMALL, "bn").cases

    assert (case.title, case.story) == ("এক", "Story.")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("begins", "starts", "cases.0.begins"),
        ("people: 3", "people: 4", "cases.0.actions.0.people"),
        ("first: a", "first: z", "cases.one"),
        ("actions: [a]", "actions: [z]", "cases.one"),
        ("id: b", "id: a", "cases.one"),
        ("to: end", "to: nowhere", "places.start"),
        ("[2025-01-08]", "[2025-01-08", None),
    ],
)
def test_a_malformed_file_names_the_field(old: str, new: str, field: str | None) -> None:
    """Unknown keys, values off the scale, unknown and doubled names and broken YAML are refused."""
    with pytest.raises(ContentError) as caught:
        data.read(SMALL.replace(old, new, 1))

    assert caught.value.field == field
