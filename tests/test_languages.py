"""Languages: complete catalogues, sentences that stay whole, the choice of a language, dates and digits."""

from __future__ import annotations

import pickle
import re
import string
from datetime import UTC, datetime

import pytest
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput
from academy.languages.catalogues import ENGLISH, LANGUAGES, direction, translated
from academy.languages.choosing import chosen
from academy.languages.dates import clock, duration, when
from academy.languages.digits import ascii_digits
from academy.languages.extraction import missing, read, texts
from academy.languages.phrases import counted, phrase, recalled
from academy.languages.pseudo import PSEUDO, accented

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
PLACES = re.compile(r"%\(\w+\)s|%%|\{+\w*\}+|</?[a-z]+|`[^`]*`")
MOMENT = datetime(2026, 11, 24, 8, 3, tzinfo=UTC)


def forms(message: Message) -> list[tuple[str, str]]:
    """Return each English form of a message with what is said for it."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[1], said) for said in message.string]


def places(text: str) -> set[str]:
    """Return what has to stay in a translation: places for values, tags, code."""
    return set(PLACES.findall(text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_interface_has_words(language: str) -> None:
    """No text lacks a translation or one of its plural forms; ``academy translations`` lists what does."""
    assert len(texts()) > 700
    assert missing(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_places_tags_and_code_and_none_is_a_guess(language: str) -> None:
    """A value that has no place is lost, one that nobody gives is an error, a broken tag breaks the page."""
    messages = [message for message in read(language) if message.id]
    assert [message.id for message in messages if message.fuzzy] == []
    broken = [pair for message in messages for pair in forms(message) if places(pair[0]) != places(pair[1])]
    assert broken == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_in_english(language: str) -> None:
    """Words in Latin letters are names, code and units; a whole English sentence would be a copy."""
    copies = [
        english
        for message in read(language)
        if message.id
        for english, said in forms(message)
        if said == english and len(english.split()) > 1 and set(english) & set(string.ascii_letters) - set("%()s")
    ]
    assert [text for text in copies if re.sub(r"%\(\w+\)s|KB|[\W\d]", "", text)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_says_what_its_file_says(language: str) -> None:
    """What translators write is what readers read, without a step between."""
    words = read(language).get("Sign in")
    assert words is not None
    assert translated(phrase("Sign in"), language) == words.string != "Sign in"


def test_arabic_counts_in_six_forms() -> None:
    """None, one, two, few, many and hundreds differ; each holds the number."""
    said = [translated(counted("%(count)s hour", "%(count)s hours", number), "ar") for number in (0, 1, 2, 3, 11, 100)]
    assert len({re.sub(r"\d+", "", text) for text in said}) >= 4
    assert [int(re.findall(r"\d+", text)[0]) for text in said] == [0, 1, 2, 3, 11, 100]


def test_a_phrase_is_english_until_somebody_translates_it() -> None:
    """Logs, comparisons and old code see a plain English sentence."""
    said = phrase("The cohort %(title)s is full.", title="River")
    assert said == "The cohort River is full."
    assert translated(said, PSEUDO) == accented("The cohort %(title)s is full.") % {"title": "River"}
    assert translated(said, "xx") == said


def test_names_are_never_translated() -> None:
    """Text that is not ours stays as it is, also where it equals one of our words."""
    assert translated("Sign in", "ar") == "Sign in"


def test_a_phrase_within_a_phrase_is_translated_too() -> None:
    """The reason inside a sentence is in the language of the sentence."""
    whole = phrase("%(field)s: %(reason)s.", field="title", reason=phrase("Field required"))
    assert whole == "title: Field required."
    assert "Field" not in translated(whole, "bn")
    assert "title" in translated(whole, "bn")


def test_in_right_to_left_text_a_latin_name_is_set_apart() -> None:
    """So that its punctuation stays with it; other languages and other values need no sign."""
    said = phrase("Completed: %(module)s", module="What now?")
    assert "\u2068What now?\u2069" in translated(said, "ar")
    assert translated(said, "bn").endswith("What now?")
    assert "\u2068" not in translated(phrase("Completed: %(module)s", module="12"), "ar")


def test_an_error_keeps_its_sentence_apart_from_its_values_across_processes() -> None:
    """What was raised in another process is still said in the reader's language."""
    error = BadInput(phrase("This passphrase is too long. Use %(longest)s characters at most.", longest=9), code="x")
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert back.message == error.message
    assert translated(back.message, "ar") == translated(error.message, "ar") != error.message


def test_what_was_kept_as_plain_english_is_recognised() -> None:
    """A reason from the database, or from the Hub's side, is one of ours again."""
    kept = str(phrase("This code has expired. Ask your facilitator for a new one."))
    assert translated(recalled(kept), "ar") != kept
    assert translated(recalled("50% of a disk"), "ar") == "50% of a disk"


@given(st.text(alphabet=string.printable))
def test_a_text_without_values_is_taken_as_it_is(text: str) -> None:
    """A percent sign in it is a percent sign."""
    assert recalled(text) == text


# --- choosing ---


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        (None, None, "en"),
        (None, "bn-BD,bn;q=0.9,en;q=0.8", "bn"),
        (None, "fr-FR, ar-EG;q=0.7, en;q=0.9", "en"),
        (None, "fr, ar;q=0.7, en;q=0.1", "ar"),
        (None, "ar;q=0, bn;q=0.1", "bn"),
        (None, "xx, yy;q=0.3", "en"),
        ("ar", "bn", "ar"),
        ("xx", "bn", "bn"),
        ("en-XA", None, "en"),
        ("../../etc", "no, such;;q=z", "en"),
    ],
)
def test_what_was_chosen_counts_then_what_the_browser_asks_for(
    cookie: str | None, accepted: str | None, expected: str
) -> None:
    """A cookie that names no language of ours counts as none; the language of tests cannot be chosen."""
    assert chosen(cookie, accepted, "en") == expected


@given(st.text(), st.text())
def test_the_choice_is_always_one_of_ours(cookie: str, accepted: str) -> None:
    """Whatever a browser sends."""
    assert chosen(cookie, accepted, "en") in LANGUAGES


def test_arabic_is_written_from_right_to_left() -> None:
    """And the others are not."""
    assert {language: direction(language) for language in LANGUAGES} == {"en": "ltr", "ar": "rtl", "bn": "ltr"}


# --- dates, times, digits ---


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Tuesday 24 November 2026, 14:03"), ("ar", "نوفمبر"), ("bn", "নভেম্বর")],
)
def test_dates_are_words_in_the_readers_language(language: str, words: str) -> None:
    """The zone decides day and hour; digits are 0 to 9 everywhere."""
    said = when(MOMENT, "Asia/Dhaka", language)
    assert words in said
    assert "14:03" in said
    assert clock(MOMENT, "Asia/Dhaka") == "14:03"
    assert {sign for sign in said if sign.isdecimal()} <= set(string.digits)


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "1 minute"), (20, "20 minutes"), (60, "1 hour"), (150, "2 hours 30 minutes")]
)
def test_lengths_of_time_are_words(minutes: int, words: str) -> None:
    """Hours appear where there are any."""
    assert duration(minutes) == words


@given(st.integers(min_value=0), st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "০১২৩৪৫৬৭৮৯", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९"]))
def test_digits_of_every_script_are_the_same_number(number: int, script: str) -> None:
    """Also with the marks of direction that phones put around them."""
    typed = f"\u200f{number}\u200e".translate(str.maketrans(string.digits, script))
    assert ascii_digits(typed) == str(number)


# --- the language that nobody speaks ---


@given(st.sampled_from([message.id for message in texts() if message.id and isinstance(message.id, str)]))
def test_in_the_language_that_nobody_speaks_only_places_stay_plain(text: str) -> None:
    """So an unaccented letter on a page is an untranslated one."""
    rest = re.sub(r"%\(\w+\)s|%%|\{\w*\}|</?[a-z][^>]*>|`[^`]*`|https?://\S+", "", accented(text))
    assert not set(rest) & set(string.ascii_letters)
