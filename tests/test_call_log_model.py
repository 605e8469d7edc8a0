"""The silent log: its twelve lines, what they give away, and what habits change in them."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.call_log import data
from academy.interactive.call_log.inference import links
from academy.interactive.call_log.model import LINKS, answered, changed, lines, moment

CASE = data.load()
HABITS = [habit.id for habit in CASE.habits]
TEXT = files("academy.interactive.call_log").joinpath(data.FILE).read_text(encoding="utf-8")

LOG = [
    ("Mon 08:02", "Anika", "Salma", "Dorrin-1"),
    ("Mon 08:05", "Salma", "+999 55 0107", "Dorrin-1"),
    ("Mon 13:30", "+999 55 0107", "Salma", "Upper Kessar"),
    ("Tue 07:10", "Salma", "+999 55 0107", "Upper Kessar"),
    ("Tue 07:12", "Salma", "Anika", "Upper Kessar"),
    ("Tue 07:40", "Salma and +999 55 0107", "", "Upper Kessar"),
    ("Tue 09:25", "Salma", "Davit", "Upper Kessar"),
    ("Tue 09:31", "Davit", "VNCHR office", "Port Ilwen"),
    ("Tue 18:00", "+999 55 0107", "Dorrin clinic", "Upper Kessar"),
    ("Wed 08:00", "Anika", "Salma", "Dorrin-1"),
    ("Wed 08:03", "Salma", "+999 55 0107", "Dorrin-1"),
    ("Wed 08:04", "+999 55 0107", "Salma", "Upper Kessar"),
]

choices = st.sets(st.sampled_from(HABITS))


def score(*habits: str) -> int:
    """Return the inference score with these habits."""
    return len(links(CASE, changed(CASE, habits)))


def test_the_log_has_the_twelve_lines_of_the_course() -> None:
    """Eleven calls and one silence, word by word and minute by minute."""
    found = [(entry.start, " and ".join(entry.callers), ", ".join(entry.called), entry.mast) for entry in CASE.entries]

    assert found == [(moment(time), callers, called, mast) for time, callers, called, mast in LOG]
    assert [entry.end for entry in CASE.entries if entry.silent] == [moment("Tue 09:20")]


def test_the_log_gives_away_who_when_where_and_what_for() -> None:
    """The owner of the number ending in 0107; Tuesday, 07:40 to 09:20, in Upper Kessar; Davit, then the commission."""
    right = {question.id: question.right.text for question in CASE.questions}

    assert "0107" in right["witness"]
    assert right["interview"] == "Tuesday 07:40 to 09:20, Upper Kessar"
    assert right["result"] == "Davit, then the commission"
    assert all(sum(option.ok for option in question.options) == 1 for question in CASE.questions)


def test_all_five_links_are_in_the_first_log() -> None:
    """One point for each: the number, the call before the silence, the mast, the lawyer, the calls of the next day."""
    assert links(CASE, CASE.entries) == LINKS
    assert score() == 5


@pytest.mark.parametrize(
    ("habit", "left"),
    [
        ("home", {"only-salma", "calls-again"}),
        ("round", {"before-silence", "same-mast", "lawyer-after"}),
        ("clinic-day", {"only-salma", "before-silence", "lawyer-after", "calls-again"}),
        ("shop", {"same-mast", "lawyer-after"}),
    ],
)
def test_each_habit_takes_away_its_own_links(habit: str, left: set[str]) -> None:
    """No habit alone clears the log, and each takes away at least one link."""
    assert set(links(CASE, changed(CASE, [habit]))) == left


def test_two_habits_that_fit_together_leave_no_link() -> None:
    """Phones at home close the place; a round or the shop closes the number."""
    assert score("home", "round") == score("home", "shop") == 0
    assert score("round", "shop") == 2
    assert score(*HABITS) == 0


@given(choices, st.sampled_from(HABITS))
def test_one_more_habit_never_adds_a_link(chosen: set[str], more: str) -> None:
    """The score only falls, and it stays between 0 and 5."""
    assert 0 <= score(*chosen, more) <= score(*chosen) <= 5


@given(st.lists(st.sampled_from(HABITS)))
def test_the_order_of_habits_does_not_matter(chosen: list[str]) -> None:
    """Choosing in another order, or twice, leads to the same log, and a log runs forward in time."""
    log = changed(CASE, chosen)

    assert log == changed(CASE, sorted(set(chosen), reverse=True))
    assert [entry.start for entry in log] == sorted(entry.start for entry in log)


@given(choices)
def test_each_line_says_whether_it_is_new(chosen: set[str]) -> None:
    """A line is as before, moved or new; without habits every line is as before."""
    first = {entry.id: entry for entry in CASE.entries}
    for line in lines(CASE, chosen):
        assert (line.state == "new") == (line.entry.id not in first)
        assert (line.state == "as before") == (first.get(line.entry.id) == line.entry)
    assert {line.state for line in lines(CASE, ())} == {"as before"}


@given(st.sets(st.integers(0, 11)))
def test_fewer_lines_never_make_a_silence(kept: set[int]) -> None:
    """Without the silent line nothing is said about a mast, a call before it or a call after it."""
    log = [CASE.entries[index] for index in sorted(kept) if not CASE.entries[index].silent]

    assert not {"before-silence", "same-mast", "lawyer-after"} & set(links(CASE, log))


def test_answers_are_compared_with_the_log() -> None:
    """Each question is answered as the log says, otherwise, or left open; unknown ids are refused."""
    first, second, third = answered(CASE, {"witness": "number", "interview": "monday"})

    assert (first.fits, second.fits, third.fits) == (True, False, False)
    assert third.given is None
    for wrong in ({"motive": "number"}, {"witness": "nobody"}):
        with pytest.raises(BadInput):
            answered(CASE, wrong)


def test_an_unknown_habit_is_refused() -> None:
    """A habit that is not in the case is bad input, not ignored."""
    with pytest.raises(BadInput, match="vault"):
        changed(CASE, ["home", "vault"])


@pytest.mark.parametrize("text", ["Tuesday 07:40", "Tue 24:00", "Tue 7:40", "Tue", "Tue 07:60"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    """A time is a day and a clock."""
    with pytest.raises(ValueError, match=r"Tue|invalid"):
        moment(text)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("documenter:", "writer:", "documenter"),
        ("id: call-back", "id: ask", "rows"),
        ("removes: [on-the-road", "removes: [nowhere", "habits.home"),
        ("lines: [lawyer, commission]", "lines: [lawyer, nobody]", "questions.result"),
        ('at: "Mon 08:02"', 'at: "Mon 8:02"', "rows.0.at"),
        ("  calls-again:", "  calls-often:", "links"),
    ],
)
def test_a_malformed_case_names_the_field(old: str, new: str, field: str) -> None:
    """Unknown keys, doubled ids, lines that do not exist and times that are none are refused."""
    with pytest.raises(ContentError) as caught:
        data.read(TEXT.replace(old, new, 1))

    assert str(caught.value.field).startswith(field)
