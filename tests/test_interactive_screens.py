"""What the screens show, without any widget."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import AcademyError, BadInput, Unavailable
from academy.interactive.questions import answered
from academy.interactive.screens.assessment.model import Drafts, Saving, progress
from academy.interactive.screens.attendance.model import clock, correction, counts
from academy.interactive.screens.threat_budget.model import Play, band, grid, meter, obstacle, view
from academy.interactive.threats import data
from academy.interactive.widgets import fill

GAME = data.load()
MEASURES = [measure.id for measure in GAME.measures]
SESSION = {
    "title": "S", "state": "open", "zone": "Asia/Dhaka",
    "starts_at": "2026-11-20T09:00:00+00:00", "ends_at": "2026-11-20T10:30:00+00:00",
}  # fmt: skip


def test_the_first_look_needs_four_cards_within_the_budget() -> None:
    """Learners commit before they see why: four cards, nine points, not fewer and not dearer."""
    assert obstacle(GAME, Play()) == "too few"
    assert obstacle(GAME, Play(chosen=frozenset({"M1", "M5", "M8", "M9"}))) is None
    assert obstacle(GAME, Play(chosen=frozenset({"M11", "M12", "M14", "M1"}))) == "too dear"
    assert obstacle(GAME, Play(chosen=frozenset({"M1", "M5", "M8", "M9", "M10"}))) == "too many"


@pytest.mark.parametrize(("budget", "lowest"), [(6, 58), (9, 48), (12, 39)])
def test_the_screen_names_the_lowest_total_of_each_budget(budget: int, lowest: int) -> None:
    """The verified results of the course stand on the screen."""
    shown = view(GAME, Play(budget=budget))
    assert (shown.before, shown.lowest) == (100, lowest)


def test_a_measure_that_makes_it_worse_is_shown_so() -> None:
    """The hidden vault alone raises the total to 104."""
    assert view(GAME, Play(chosen=frozenset({"M6"}))).after == 104


def test_a_measure_without_a_threat_gets_its_note() -> None:
    """The paid VPN is explained, not just counted."""
    assert len(view(GAME, Play(chosen=frozenset({"M11"}))).unused) == 1


@given(st.sets(st.sampled_from(MEASURES)), st.sampled_from(MEASURES))
def test_choosing_and_putting_back_changes_nothing(chosen: set[str], card: str) -> None:
    """A card can always be put back."""
    play = Play(chosen=frozenset(chosen))
    assert play.toggled(card).toggled(card) == play
    assert meter(GAME, play).cards == len(chosen)


@given(st.sets(st.sampled_from(MEASURES)))
def test_every_threat_stands_once_on_the_map(chosen: set[str]) -> None:
    """The map and the list say the same."""
    shown = view(GAME, Play(chosen=frozenset(chosen)))
    standing = [threat for row in shown.map_after for cell in row for threat in cell.threats]
    assert sorted(standing) == sorted(threat.id for threat in GAME.threats)
    assert len(grid([])) == 5


@given(st.integers(1, 25), st.integers(1, 25))
def test_a_higher_score_never_has_a_lower_word(one: int, other: int) -> None:
    """Words follow the order of the scores."""
    words = ["low", "medium", "high", "very high"]
    low, high = sorted((one, other))
    assert words.index(band(low)) <= words.index(band(high))


def test_progress_counts_questions_not_fields() -> None:
    """A match with one open pair is not answered; a box with blanks is not either."""
    questions = [{"id": "DS1.1"}, {"id": "DS1.2"}, {"id": "DS1.7"}, {"id": "DS1.10"}]
    fields = {"DS1.1": ["b"], "DS1.2.r1": ["h"], "DS1.2.r2": [""], "DS1.7": ["  "], "DS1.10": ["x"]}
    assert progress(questions, fields).open == (2, 3)
    assert answered("DS1.1", {"DS1.10": ["x"]}) is False


class Service:
    """A service whose answers to saving are given beforehand; the last one is repeated."""

    def __init__(self, *answers: str | AcademyError) -> None:
        self.answers, self.saved = list(answers), []

    async def save(self, fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Save or fail, as told."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, AcademyError):
            raise answer
        self.saved.append(fields)
        return {"saved_at": answer}


def saved_with(service: Service, *changes: dict[str, list[str]]) -> list[Saving]:
    """Type changes one after the other and return all that was said."""
    said: list[Saving] = []

    async def work() -> None:
        drafts = Drafts(service.save, said.append, pause=0, retry=0)
        for change in changes:
            drafts.change(change)
        await drafts.settled()

    asyncio.run(work())
    return said


def test_only_the_newest_draft_is_saved() -> None:
    """Three quick changes cost one call."""
    service = Service("2026-11-20T14:03:00+00:00")
    said = saved_with(service, {"a": ["1"]}, {"a": ["12"]}, {"a": ["123"]})
    assert service.saved == [{"a": ["123"]}]
    assert said[-1] == Saving("saved", "2026-11-20T14:03:00+00:00")


def test_a_draft_is_tried_again_until_somebody_answers() -> None:
    """Nothing is lost when the academy is away for a moment, and the person is told."""
    service = Service(Unavailable("away"), Unavailable("away"), "2026-11-20T14:03:00+00:00")
    said = saved_with(service, {"a": ["1"]})
    assert [saving.state for saving in said] == ["waiting", "away", "away", "saved"]
    assert service.saved == [{"a": ["1"]}]


def test_a_refused_draft_is_said_and_not_repeated() -> None:
    """A refusal is for the person to mend; repeating it would not help."""
    service = Service(BadInput("This answer is too long.", code="too-long", field="a"))
    said = saved_with(service, {"a": ["1"]})
    assert said[-1] == Saving("refused", None, "This answer is too long.")


def row(**changes: Any) -> dict[str, Any]:
    """Return a row of the register as the API gives it."""
    plain = {
        "person": "p1", "username": "salma", "name": "Salma", "status": "unmarked", "late": False,
        "arrived_at": None, "left_at": None, "minutes": None, "claims": [],
    }  # fmt: skip
    return plain | changes


def test_the_register_is_counted_in_words_of_the_room() -> None:
    """Late people are here, people counted without a name are here, and nobody is counted twice."""
    rows = [row(status="present"), row(status="present", late=True), row(status="absent"), row(status="excused"), row()]
    found = counts({"rows": rows, "uncounted": 2})
    assert (found.here, found.people, found.late) == (4, 5, 1)
    assert (found.absent, found.excused, found.unmarked) == (1, 1, 1)


def test_times_are_shown_in_the_zone_of_the_session() -> None:
    """A facilitator reads the clock of the room, wherever the server stands."""
    assert clock("2026-11-20T09:04:00+00:00", "Asia/Dhaka") == "15:04"
    assert clock(None, "Asia/Dhaka") == ""


def test_a_correction_needs_a_reason() -> None:
    """The history says why; without a reason nothing is sent."""
    with pytest.raises(BadInput) as caught:
        correction({"status": "present", "reason": "  "}, person="p1", session=SESSION)
    assert caught.value.field == "reason"


def test_a_time_of_day_becomes_a_moment_of_the_session() -> None:
    """The form asks for hours and minutes; the API gets an aware moment of that day and zone."""
    fields = {"status": "present", "reason": "came late", "arrived": "15:20", "left": ""}
    sent = correction(fields, person="p1", session=SESSION)
    assert sent["arrived_at"] == "2026-11-20T15:20:00+06:00"
    assert sent["left_at"] is None


def test_a_session_may_pass_midnight() -> None:
    """Ten past midnight belongs to the evening that began before it."""
    night = SESSION | {"starts_at": "2026-11-20T17:00:00+00:00", "ends_at": "2026-11-20T19:00:00+00:00"}
    fields = {"status": "present", "reason": "left late", "left": "00:10"}
    assert correction(fields, person="p1", session=night)["left_at"] == "2026-11-21T00:10:00+06:00"


@pytest.mark.parametrize("text", ["25:00", "noon", "12", "1:2:3:4x", "\u0661"])
def test_a_time_that_is_none_is_refused_with_its_field(text: str) -> None:
    """One sentence, and nothing is sent."""
    with pytest.raises(BadInput) as caught:
        correction({"status": "present", "reason": "x", "arrived": text}, person="p1", session=SESSION)
    assert caught.value.field == "arrived"


def test_what_people_wrote_is_shown_and_never_run() -> None:
    """A name and a reason are text, whatever they look like."""
    attack = "<img src=x onerror=alert(1)>"
    claim = {
        "source": "correction", "status": "present", "arrived_at": None, "left_at": None, "reason": attack,
        "claimed_by": attack, "claimed_at": "2026-11-20T09:04:00+00:00",
    }  # fmt: skip
    html = fill(
        "attendance/row.html",
        row=row(name=attack, claims=[claim]),
        statuses={"present": "Present"},
        clock=lambda moment: clock(moment, "UTC"),
    )
    assert "<img" not in html
    assert html.count("&lt;img") >= 3
