"""The rules of the dice lab: words from dice, the time that guessing takes, and what second factors stop."""

from __future__ import annotations

import hashlib
import secrets
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.keys import data
from academy.interactive.keys.clock import average_seconds, bits_of, duration, weakest_first
from academy.interactive.keys.dice import DICE, look_up, roll
from academy.interactive.keys.duel import meet, row_of, wins

LAB = data.load()
WORDS = data.word_list()
SECRETS = {secret.id: secret for secret in LAB.secrets}
FACTORS = [factor.id for factor in LAB.duel.factors]
EFF_SHA256 = "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e"
"""Of eff_large_wordlist.txt, the same in two packages that carry it."""
TIMES = {
    "pin4": "8.3 min|0.5 s|under 1 s|under 1 s",
    "pattern": "5.4 h|19 s|under 1 s|under 1 s",
    "pin6": "14 h|50 s|under 1 s|under 1 s",
    "name": "2.9 days|4.2 min|under 1 s|under 1 s",
    "letters8": "331 years|121 days|10 s|0.1 s",
    "signs8": "9.7 million years|9,700 years|3.5 days|51 min",
    "words4": "5.8 million years|5,800 years|2.1 days|30 min",
    "words5": "over a billion years|45 million years|45 years|165 days",
    "words6": "over a billion years|over a billion years|350,000 years|3,500 years",
}
BITS = {
    "pin4": 13.3, "pattern": 18.6, "pin6": 19.9, "name": 22.3, "letters8": 37.6, "signs8": 52.4,
    "words4": 51.7, "words5": 64.6, "words6": 77.5,
}  # fmt: skip

faces = st.lists(st.integers(1, 6), min_size=DICE, max_size=DICE)


def test_the_list_is_the_one_that_eff_published() -> None:
    """With its dice numbers put back, the bundled list is the original file, byte for byte."""
    numbers = ("".join(faces) for faces in product("123456", repeat=5))
    original = "".join(f"{number}\t{word}\n" for number, word in zip(numbers, WORDS.words, strict=True))

    assert hashlib.sha256(original.encode()).hexdigest() == EFF_SHA256
    assert len(WORDS.words) == 7776
    assert "Bonneau" in WORDS.credit
    assert "CC BY" in WORDS.licence


@pytest.mark.parametrize(
    ("number", "word"), [("11111", "abacus"), ("43463", "panoramic"), ("66665", "zoology"), ("66666", "zoom")]
)
def test_dice_name_the_word_of_the_printed_list(number: str, word: str) -> None:
    """The number that the dice show stands beside the same word in EFF's list."""
    found = look_up(WORDS, map(int, number))

    assert (found.number, found.word) == (number, word)


@given(faces, faces)
def test_different_dice_name_different_words(one: list[int], other: list[int]) -> None:
    """No word has two numbers, and the words follow the numbers in the order of the alphabet."""
    first, second = look_up(WORDS, one), look_up(WORDS, other)

    assert (first.word == second.word) == (one == other)


@given(faces)
def test_a_roll_is_what_the_dice_show(thrown: list[int]) -> None:
    """Rolling reads one number from 0 to 5 for each die and adds one."""
    left = [face - 1 for face in thrown]

    assert roll(WORDS, below=lambda _: left.pop(0)) == look_up(WORDS, thrown)
    assert left == []


def test_rolls_come_from_the_safe_source_and_differ() -> None:
    """Without another source the dice are those of ``secrets``; fifty rolls are not all alike."""
    assert roll.__kwdefaults__ == {"below": secrets.randbelow}
    assert len({roll(WORDS).word for _ in range(50)}) > 30


@pytest.mark.parametrize("thrown", [[1, 2, 3, 4], [1, 2, 3, 4, 5, 6], [0, 1, 1, 1, 1], [1, 1, 1, 1, 7]])
def test_dice_that_do_not_exist_are_refused(thrown: list[int]) -> None:
    """Four dice, six dice or a seven name no word."""
    with pytest.raises(BadInput):
        look_up(WORDS, thrown)


@pytest.mark.parametrize("secret", TIMES)
def test_the_times_are_those_that_were_checked(secret: str) -> None:
    """Each secret has the verified bits, and the verified average time at each of the four speeds."""
    found = SECRETS[secret]
    times = [LAB.say(duration(average_seconds(found.possibilities, pace.per_second))) for pace in LAB.paces]

    assert [pace.per_second for pace in LAB.paces] == [10, 10**4, 10**10, 10**12]
    assert round(found.bits, 1) == BITS[secret]
    assert "|".join(times) == TIMES[secret]


def test_every_secret_of_the_table_was_checked() -> None:
    """No row is shown that is not in the list above."""
    assert set(SECRETS) == set(TIMES)


def test_the_counts_of_the_course_are_right() -> None:
    """Six words of the long list, one word of each list, and eight words of a list with 1296."""
    assert SECRETS["words6"].possibilities == 221_073_919_720_733_357_899_776
    assert (round(bits_of(7776), 2), round(bits_of(1296), 2)) == (12.92, 10.34)
    assert round(8 * bits_of(1296), 1) == 82.7
    assert SECRETS["name"].possibilities == 10_000 * 100 * 5
    assert bits_of(5_000_000) < 2 * bits_of(7776)


def patterns(path: tuple[int, ...]) -> int:
    """Count the unlock patterns that begin with a path: a point between two others must have been touched before."""
    found = int(len(path) >= 4)
    for point in set(range(9)) - set(path):
        here = path[-1]
        rows, columns = here // 3 + point // 3, here % 3 + point % 3
        between = rows // 2 * 3 + columns // 2 if rows % 2 == columns % 2 == 0 else None
        if between is None or between in path:
            found += patterns((*path, point))
    return found


def test_the_unlock_patterns_were_counted() -> None:
    """Corners, edges and the middle together give 389,112 patterns with four to nine points."""
    assert 4 * patterns((0,)) + 4 * patterns((1,)) + patterns((4,)) == SECRETS["pattern"].possibilities == 389_112


def test_the_order_of_the_puzzle_is_by_possibilities() -> None:
    """Salma2003! stands fourth: above a PIN, and far below six words."""
    assert [secret.id for secret in weakest_first(LAB.ranking)] == ["pin4", "pattern", "pin6", "name", "words6"]


@given(st.integers(1, 10**30), st.integers(1, 10**30), st.sampled_from([10, 10**4, 10**10]))
def test_more_possibilities_never_take_less_time(one: int, other: int, pace: int) -> None:
    """Time grows with the possibilities and shrinks with the speed."""
    low, high = sorted((one, other))

    assert average_seconds(low, pace) <= average_seconds(high, pace)
    assert average_seconds(low, pace) >= average_seconds(low, pace * 10)


@given(st.floats(0.1, 3e16))
def test_a_rounded_time_is_near_the_true_one(seconds: float) -> None:
    """What people read is within a tenth of the true time, and the number is never nought or above a thousand days."""
    size = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "year": 31557600, "million": 31557600e6}
    said = duration(seconds)

    assert said.unit in size
    assert (
        abs(float(said.amount.replace(",", "")) * size[said.unit] - seconds) <= 0.1 * seconds + 0.05 * size[said.unit]
    )


def test_durations_have_words_for_every_unit() -> None:
    """From under a second to over a billion years."""
    said = [LAB.say(duration(seconds)) for seconds in (0, 1, 90, 7200, 1e6, 1e9, 1e14, 1e20)]

    assert said == [
        "under 1 s", "1 s", "1.5 min", "2 h", "12 days", "32 years", "3.2 million years", "over a billion years",
    ]  # fmt: skip


def test_each_factor_stops_the_robot_and_only_the_key_the_targeted_page() -> None:
    """A stolen password alone is not enough beside any factor; relayed codes and prompts are."""
    assert [meet(LAB.duel, factor, "robot").result for factor in FACTORS] == ["through", *["stopped"] * 4]
    for attack in ("targeted", "relative"):
        assert [meet(LAB.duel, factor, attack).result for factor in FACTORS] == [*["through"] * 4, "stopped"]


def test_a_lost_phone_locks_out_unless_there_is_a_way_back() -> None:
    """Without a factor there is nothing to lose; with one, a spare opens the door again."""
    assert [meet(LAB.duel, factor, "lost").result for factor in FACTORS] == ["free", *["locked"] * 4]
    assert {meet(LAB.duel, factor, "lost", spare=True).result for factor in FACTORS} == {"free"}


def test_no_factor_wins_every_row_by_itself() -> None:
    """Each factor fails somewhere; with a spare the key does not."""
    assert [wins(LAB.duel, factor) for factor in FACTORS] == [1, 2, 2, 2, 4]
    assert [wins(LAB.duel, factor, spare=True) for factor in FACTORS] == [1, 3, 3, 3, 5]


@given(st.sampled_from(FACTORS))
def test_a_spare_never_hurts(factor: str) -> None:
    """Backup codes and second keys change the row of the lost bag only, and always for the better."""
    for without, with_spare in zip(row_of(LAB.duel, factor), row_of(LAB.duel, factor, spare=True), strict=True):
        assert without == with_spare or (without.result, with_spare.result) == ("locked", "free")


def test_every_meeting_says_why_and_blames_nobody() -> None:
    """All 25 outcomes have a sentence of their own, and so has each spare."""
    meetings = [meeting for factor in FACTORS for meeting in row_of(LAB.duel, factor)]

    assert len({(m.factor.id, m.attack.id) for m in meetings}) == 25
    assert all(len(m.why) > 20 and "fault" not in m.why for m in meetings)
    assert len(LAB.duel.with_spare) == 4


@pytest.mark.parametrize(("factor", "attack"), [("tattoo", "robot"), ("sms", "dragon")])
def test_unknown_factors_and_attacks_are_refused(factor: str, attack: str) -> None:
    """Only what is on the list can meet."""
    with pytest.raises(BadInput):
        meet(LAB.duel, factor, attack)


def test_bits_are_added_by_each_word() -> None:
    """One word more is 12.92 bits more, which is 7776 times the work."""
    words = [SECRETS[name] for name in ("words4", "words5", "words6")]

    assert all(more.possibilities == 7776 * less.possibilities for less, more in pairwise(words))


def text_of_the_file() -> str:
    """Return the data file as it is written."""
    return data.files("academy.interactive.keys").joinpath(data.FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("ranking: [words6", "ranking: [words7", "ranking"),
        ("paces:\n", "speeds:\n", "paces"),
        ("{id: pin6, base: 10", "{id: pin4, base: 10", "secrets"),
        ("base: 26", "base: 0", "secrets.4.base"),
        ("result: mostly", "result: perhaps", "factors.1.outcomes.bulk.result"),
        ("- id: lost\n", "- id: found\n", "factors.none"),
        ("durations:", "durations: [", None),
    ],
)
def test_a_malformed_file_names_the_field(old: str, new: str, field: str | None) -> None:
    """Unknown keys and names, impossible numbers, missing outcomes and broken YAML are refused."""
    with pytest.raises(ContentError) as caught:
        data.read(text_of_the_file().replace(old, new, 1))

    assert caught.value.field == field


def test_a_translation_is_used_where_it_exists() -> None:
    """A language shows its own words and falls back to English where they are missing."""
    lab = data.read(text_of_the_file().replace('{en: "Code by SMS"}', '{en: "Code by SMS", bn: "এসএমএস"}'), "bn")

    assert [factor.name for factor in lab.duel.factors][1:3] == ["এসএমএস", "Code from an app"]
