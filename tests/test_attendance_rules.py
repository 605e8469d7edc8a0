"""The rotating code, and the register as a pure function of the claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.attendance import codes, rules, times
from academy.attendance.model import Claim, Naming, RegisterRow, Session, Source, Status, Totals
from academy.errors import BadInput

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LENGTH = 90
SESSION = Session(
    id="s", cohort="river", title="Questions", starts_at=START, ends_at=START + timedelta(minutes=LENGTH),
    zone="Asia/Dhaka", late_after_minutes=10, opened_at=START, closed_at=None,
)  # fmt: skip
CLOSED = replace(SESSION, closed_at=SESSION.ends_at)
RFC_SECRET = "12345678901234567890123456789012"


def at(minute: float) -> datetime:
    """Return the moment so many minutes after the planned start."""
    return START + timedelta(minutes=minute)


def claim(source: Source = Source.SELF, minute: float = 0, **changes: object) -> Claim:
    """Return a claim made ``minute`` minutes into the session."""
    base = Claim(
        person="p", source=source, naming=Naming.PSEUDONYM, status=Status.PRESENT, arrived_at=None, left_at=None,
        people=1, reason="", nonce=f"{source}-{minute}", claimed_by="salma", claimed_at=at(minute),
    )  # fmt: skip
    return replace(base, **changes)


def row(session: Session, *claims: Claim, uncounted: int = 0) -> RegisterRow:
    """Return the row of a person of whom this is claimed."""
    return rules.register_row(
        session, claims, person="p", username="blue-heron", display_name="Salma", uncounted=uncounted
    )


# --- the code -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "code"), [(59, "119246"), (1111111109, "084774"), (2000000000, "698825")])
def test_the_code_is_the_one_of_rfc_6238(second: int, code: str) -> None:
    """The last six digits of the published test values for HMAC-SHA-256 come out."""
    assert codes.code_at(RFC_SECRET, datetime.fromtimestamp(second, UTC), seconds=30) == code


@given(st.integers(10**9, 2**33), st.integers(15, 600))
def test_the_code_now_and_the_one_before_are_accepted(second: int, seconds: int) -> None:
    """A code that was read out just before it changed still works for one more turn."""
    now = datetime.fromtimestamp(second, UTC)
    code = codes.code_at(RFC_SECRET, now, seconds=seconds)
    assert codes.accepts(RFC_SECRET, code, now, seconds=seconds)
    assert codes.accepts(RFC_SECRET, code, now + timedelta(seconds=seconds), seconds=seconds)
    assert 1 <= codes.new_code_in(now, seconds=seconds) <= seconds


def test_an_older_code_and_another_sessions_code_are_refused() -> None:
    """Two turns later the code is over, and each session has its own."""
    code = codes.code_at(RFC_SECRET, START, seconds=60)
    assert not codes.accepts(RFC_SECRET, code, START + timedelta(seconds=120), seconds=60)
    assert not codes.accepts("another", code, START, seconds=60)


@pytest.mark.parametrize("typed", ["042 195", " 042195 ", "٠٤٢١٩٥", "০৪২ ১৯৫", "\u200f042-195", "042\u00a0195"])
def test_digits_of_any_script_are_read(typed: str) -> None:
    """What a keyboard of any language types, with spaces or marks that a paste brings, is the code."""
    assert codes.read_code(typed) == "042195"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12a456", "½23456", "²23456"])
def test_anything_but_six_digits_gets_a_sentence(typed: str) -> None:
    """A slip of the finger is told apart from a wrong code."""
    with pytest.raises(BadInput) as caught:
        codes.read_code(typed)
    assert caught.value.field == "code"


def test_the_nonce_of_a_check_in_needs_the_secret() -> None:
    """With another key, or none, the same person has another nonce."""
    assert codes.check_in_nonce("a", "p") == codes.check_in_nonce("a", "p")
    assert len({codes.check_in_nonce(key, who) for key in ("a", "b", "") for who in ("p", "q")}) == 6


# --- status ---------------------------------------------------------------------------------------------------------


def test_a_correction_outranks_a_mark_and_a_mark_outranks_a_check_in() -> None:
    """Rank decides first, time only between equals."""
    own = claim(Source.SELF, 5, arrived_at=at(5))
    marked = claim(Source.FACILITATOR, 2, status=Status.ABSENT)
    corrected = claim(Source.CORRECTION, 1, status=Status.EXCUSED, reason="wrote to us")
    assert row(SESSION, own).status is Status.PRESENT
    assert row(SESSION, own, marked).status is Status.ABSENT
    assert row(SESSION, own, marked, corrected).status is Status.EXCUSED
    assert row(SESSION, corrected, claim(Source.CORRECTION, 3)).status is Status.PRESENT


def test_nobody_is_absent_before_check_in_closes() -> None:
    """Until then nothing is known; afterwards silence means absent."""
    assert row(SESSION).status is Status.UNMARKED
    assert row(CLOSED).status is Status.ABSENT


def test_silence_is_not_absence_while_somebody_was_counted_without_a_name() -> None:
    """Whoever is not on the list by name may be the one who was counted."""
    assert row(CLOSED, uncounted=1).status is Status.UNMARKED


def test_the_name_is_the_one_she_chose() -> None:
    """The display name is shown only where she chose it in this session; never before she said so."""
    assert row(SESSION).name == "blue-heron"
    assert row(SESSION, claim()).name == "blue-heron"
    assert row(SESSION, claim(naming=Naming.NAMED)).name == "Salma"
    bare = rules.register_row(SESSION, [claim(naming=Naming.NAMED)], person="p", username="blue-heron")
    assert bare.name == "blue-heron"


@pytest.mark.parametrize(("minute", "late"), [(-5, False), (0, False), (9.99, False), (10, True), (40, True)])
def test_late_begins_with_the_minute_that_was_planned(minute: float, late: bool) -> None:  # noqa: FBT001
    """From ``late_after_minutes`` after the planned start an arrival is late."""
    assert row(SESSION, claim(arrived_at=at(minute))).late is late


def test_an_unknown_arrival_is_not_late_and_has_no_minutes() -> None:
    """A mark without a time says that she is here, not since when; that is not 0 minutes."""
    found = row(CLOSED, claim(Source.FACILITATOR))
    assert found.status is Status.PRESENT
    assert (found.late, found.arrived_at, found.minutes) == (False, None, None)


# --- minutes --------------------------------------------------------------------------------------------------------


def test_minutes_run_from_arrival_to_the_end_once_check_in_is_closed() -> None:
    """Before, nobody knows yet how long she stays."""
    own = claim(arrived_at=at(15))
    assert row(SESSION, own).minutes is None
    assert row(CLOSED, own).minutes == 75


def test_two_devices_at_once_count_once() -> None:
    """Overlapping stays are a union, not a sum; a gap between two stays is not counted."""
    first = claim(Source.IMPORT, 1, arrived_at=at(0), left_at=at(30))
    second = claim(Source.IMPORT, 2, arrived_at=at(20), left_at=at(40))
    third = claim(Source.IMPORT, 3, arrived_at=at(60), left_at=at(70))
    assert row(SESSION, first, second, third).minutes == 50


def test_a_correction_of_one_time_keeps_the_other() -> None:
    """Leaving early cuts the stay and keeps the arrival; a corrected arrival keeps the end."""
    own = claim(arrived_at=at(5))
    left = claim(Source.CORRECTION, 1, left_at=at(30), reason="left early")
    came = claim(Source.CORRECTION, 2, arrived_at=at(20), reason="came later")
    assert row(CLOSED, own, left).minutes == 25
    assert row(CLOSED, own, left).arrived_at == at(5)
    assert row(CLOSED, own, came).minutes == 70


def test_somebody_who_is_not_present_has_no_minutes() -> None:
    """Minutes belong to people who are here."""
    own = claim(arrived_at=at(5))
    absent = claim(Source.CORRECTION, 1, status=Status.ABSENT, reason="another person's phone")
    assert row(CLOSED, own, absent).minutes is None


MINUTES = st.integers(-60, LENGTH + 60)
CLAIMS = st.builds(
    lambda source, minute, status, arrived, stay: claim(
        source,
        minute,
        status=status,
        nonce=f"{source}-{minute}-{arrived}",
        arrived_at=None if arrived is None else at(arrived),
        left_at=None if stay is None or arrived is None else at(arrived + stay),
    ),
    st.sampled_from([Source.SELF, Source.FACILITATOR, Source.IMPORT, Source.CORRECTION]),
    st.integers(0, 200),
    st.sampled_from([Status.PRESENT, Status.ABSENT, Status.EXCUSED]),
    st.none() | MINUTES,
    st.none() | st.integers(0, 120),
)


@given(st.lists(CLAIMS, max_size=6), st.sampled_from([SESSION, CLOSED]))
def test_minutes_stay_within_the_planned_span(claims: list[Claim], session: Session) -> None:
    """However odd the claims, minutes are unknown or between 0 and the length of the session."""
    minutes = row(session, *claims).minutes
    assert minutes is None or 0 <= minutes <= LENGTH


@given(st.lists(CLAIMS, min_size=1, max_size=6), st.data())
def test_a_repeat_of_a_claim_changes_nothing(claims: list[Claim], data: st.DataObject) -> None:
    """A claim with the same nonce, whenever it comes again, leaves row and totals as they were."""
    again = data.draw(st.sampled_from(claims))
    before, after = row(CLOSED, *claims), row(CLOSED, *claims, again)
    assert before == after
    assert rules.totals(CLOSED, [before], ()) == rules.totals(CLOSED, [after], ())


@given(st.permutations([claim(Source.SELF, 1, arrived_at=at(1)), claim(Source.FACILITATOR, 2), claim(minute=3)]))
def test_the_order_of_reading_does_not_matter(claims: list[Claim]) -> None:
    """The register is the same in whatever order the database gives its rows."""
    assert row(SESSION, *claims) == row(SESSION, *sorted(claims, key=lambda one: one.claimed_at))


# --- totals ---------------------------------------------------------------------------------------------------------


def register(session: Session, people: list[tuple[Naming, int | None]]) -> tuple[list[RegisterRow], Totals]:
    """Return rows and totals of a list of people, each with her choice and the minute she came; None: she did not."""
    listed: list[list[Claim]] = []
    loose: list[Claim] = []
    for index, (naming, minute) in enumerate(people):
        own: list[Claim] = []
        if minute is not None:
            kept = rules.arrival_kept(session, naming, at(minute))
            one = claim(naming=naming, arrived_at=kept, claimed_at=kept, nonce=f"n{index}")
            if naming is Naming.COUNT:
                loose.append(replace(one, person=None, claimed_by=""))
            else:
                own.append(one)
        listed.append(own)
    uncounted = len(rules.counted(loose)) + rules.tallied(loose)
    rows = [
        rules.register_row(session, own, person=str(index), username=str(index), uncounted=uncounted)
        for index, own in enumerate(listed)
    ]
    return rows, rules.totals(session, rows, loose)


ARRIVALS = st.lists(st.none() | MINUTES, min_size=1, max_size=12)


@given(ARRIVALS, st.data(), st.sampled_from([SESSION, CLOSED]))
def test_every_mix_of_named_pseudonym_and_count_only_adds_up_alike(
    arrivals: list[int | None], data: st.DataObject, session: Session
) -> None:
    """How people want to stand in the register changes no total."""
    mixes = st.lists(st.sampled_from(Naming), min_size=len(arrivals), max_size=len(arrivals))
    _, mixed = register(session, list(zip(data.draw(mixes), arrivals, strict=True)))
    _, named = register(session, [(Naming.NAMED, minute) for minute in arrivals])
    assert mixed == named
    assert mixed.present + mixed.absent + mixed.excused + mixed.unmarked == mixed.expected == len(arrivals)


@given(ARRIVALS)
def test_of_a_count_only_check_in_no_minute_is_kept(arrivals: list[int | None]) -> None:
    """What is stored of it is one of two planned moments: on time or late."""
    kept = {rules.arrival_kept(SESSION, Naming.COUNT, at(minute)) for minute in arrivals if minute is not None}
    assert kept <= {SESSION.starts_at, rules.late_from(SESSION)}


def test_count_only_and_then_marked_by_hand_is_one_person() -> None:
    """When everybody is marked present, a count-only check-in among them adds nobody."""
    extra = claim(person=None, naming=Naming.COUNT, nonce="x", claimed_by="")
    rows = [row(SESSION, claim(Source.FACILITATOR, nonce=f"m{index}"), uncounted=1) for index in range(3)]
    assert rules.totals(SESSION, rows, [extra]).present == 3


def test_the_newest_head_count_replaces_the_one_before() -> None:
    """A head-count is said again when it was wrong; it is never added up."""
    tallies = [claim(Source.TALLY, minute, person=None, people=people) for minute, people in ((1, 12), (2, 9))]
    found = rules.totals(SESSION, [row(SESSION, uncounted=9)], tallies)
    assert rules.tallied(tallies) == 9
    assert (found.expected, found.present, found.unmarked) == (1, 9, 0)


# --- dates and times ------------------------------------------------------------------------------------------------


def test_a_date_and_time_are_read_in_the_zone_of_the_cohort() -> None:
    """14:00 in Dhaka is 08:00 UTC."""
    day, clock = times.read_date("2026-11-24", "day"), times.read_time("14:00", "starts")
    assert times.moment(day, clock, "Asia/Dhaka") == START


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    """In the night in which summer time begins, half past two does not exist in Berlin."""
    day, clock = times.read_date("2026-03-29", "day"), times.read_time("02:30", "starts")
    with pytest.raises(BadInput, match="skip"):
        times.moment(day, clock, "Europe/Berlin")


def test_a_time_after_midnight_belongs_to_a_session_that_crosses_it() -> None:
    """Of a session that starts at 23:30, 00:15 is on the next day."""
    starts_at = datetime(2026, 11, 24, 23, 30, tzinfo=ZoneInfo("Asia/Dhaka"))
    session = replace(SESSION, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    assert times.moment_in(session, times.read_time("00:15", "left")) == starts_at + timedelta(minutes=45)


@pytest.mark.parametrize("text", ["", "24.11.2026", "0001-01-01", "9999-12-31"])
def test_an_unusable_date_gets_a_sentence(text: str) -> None:
    """Dates are year-month-day and within reach."""
    with pytest.raises(BadInput):
        times.read_date(text, "day")
