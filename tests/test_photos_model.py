"""The photo lab: a real JPEG, its hidden data, a clean copy, and what cannot be cleaned."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from academy.errors import BadInput, ContentError
from academy.interactive.photos import data
from academy.interactive.photos.drawing import HEIGHT, WIDTH, drawn
from academy.interactive.photos.model import Place, compare, fingerprint, hidden, position, resaved, stripped

STORY = data.load()
HEADER = 2
"""Bytes before the first segment of a JPEG."""
SMALL = """
alt: {en: A house.}
labels: {maker: {en: A}, model: {en: B}, taken: {en: C}, offset: {en: D}, serial: {en: E}, position: {en: F}}
cards:
  - {id: a, text: {en: One, bn: এক}, so: true, why: {en: Because.}}
things:
  - {id: sky, x: 1, y: 2, text: {en: Sky}, so: false, why: {en: Anywhere.}}
"""

segments = st.lists(
    st.tuples(st.sampled_from([*range(0xE1, 0xEE), 0xEF, 0xFE]), st.binary(max_size=40)), min_size=1, max_size=5
)


def with_segments(photo: bytes, added: list[tuple[int, bytes]]) -> bytes:
    """Write segments of hidden data into a file."""
    extra = b"".join(bytes((0xFF, mark)) + (len(body) + 2).to_bytes(2, "big") + body for mark, body in added)
    return photo[:HEADER] + extra + photo[HEADER:]


def test_the_sample_holds_what_a_phone_writes() -> None:
    """Maker, model, time with its offset, serial number and the invented position stand in the file."""
    found = {field.id: field.value for field in hidden(STORY.photo)}

    assert found == {
        "maker": "Orrin",
        "model": "Orrin A3",
        "taken": "2025:11:03 15:40:12",
        "offset": "+05:00",
        "serial": "SN-0099-4417",
        "position": "15° 0\N{PRIME} 44.42\N{DOUBLE PRIME} N, 67° 0\N{PRIME} 20.41\N{DOUBLE PRIME} E",
    }
    assert set(found) == set(STORY.labels)


def test_the_position_is_the_invented_one() -> None:
    """15.01234 north and 67.00567 east: an empty part of a sea, to about a metre."""
    spot = position(STORY.photo)

    assert spot is not None
    assert spot.north.decimal == pytest.approx(15.01234, abs=0.00001)
    assert spot.east.decimal == pytest.approx(67.00567, abs=0.00001)


@pytest.mark.parametrize(("direction", "sign"), [("N", 1), ("E", 1), ("S", -1), ("W", -1)])
def test_degrees_minutes_and_seconds_become_one_number(direction: str, sign: int) -> None:
    """Minutes count sixtieths, seconds 3600ths; south and west are negative."""
    assert Place(12, 30, 36.0, direction).decimal == pytest.approx(sign * 12.51)


def test_stripping_takes_the_data_and_leaves_the_picture() -> None:
    """The position is gone, every picture point is the same, the file is smaller and a different one."""
    result = compare(STORY.photo, stripped(STORY.photo))

    assert position(stripped(STORY.photo)) is None
    assert result.fields == (6, 0)
    assert result.same_picture
    assert result.sizes[0] > result.sizes[1]
    assert not result.same_file
    assert b"SN-0099-4417" not in stripped(STORY.photo)


def test_the_original_is_left_alone() -> None:
    """Cleaning returns a new file; the sample in the package is what it was."""
    before = fingerprint(STORY.photo)
    stripped(STORY.photo)
    resaved(STORY.photo)

    assert fingerprint(STORY.photo) == before
    assert len(hidden(STORY.photo)) == 6


def test_saving_anew_drops_the_data_and_changes_the_picture() -> None:
    """An editor's way cleans, too, but some picture points are no longer the same."""
    result = compare(STORY.photo, resaved(STORY.photo))

    assert result.fields == (6, 0)
    assert not result.same_picture


@settings(max_examples=30)
@given(segments)
def test_nothing_hidden_survives_stripping(added: list[tuple[int, bytes]]) -> None:
    """Whatever segments a phone adds, the clean file is the same, byte by byte."""
    assert stripped(with_segments(STORY.photo, added)) == stripped(STORY.photo)


def test_cleaning_a_clean_file_changes_nothing() -> None:
    """Twice is once."""
    once = stripped(STORY.photo)

    assert stripped(once) == once


def test_what_tells_the_colours_stays() -> None:
    """A segment APP14 says how colours are written; without it some pictures would look wrong."""
    adobe = [(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01")]

    assert b"Adobe" in stripped(with_segments(STORY.photo, adobe))


@given(st.binary(max_size=60))
def test_what_is_no_photo_is_refused(noise: bytes) -> None:
    """Any other bytes, also a photo that was cut off, get one sentence."""
    for file in (noise, b"\xff\xd8" + noise, STORY.photo[:30]):
        with pytest.raises(BadInput):
            hidden(file)
    with pytest.raises(BadInput):
        stripped(STORY.photo[:30])


def test_the_committed_photo_is_the_one_that_the_script_draws() -> None:
    """Same hidden data and the same scene; other versions of the JPEG library may round a point differently."""
    again = drawn()
    apart = ImageChops.difference(Image.open(BytesIO(STORY.photo)), Image.open(BytesIO(again)))

    assert hidden(again) == hidden(STORY.photo)
    assert max(high for _, high in apart.getextrema()) <= 40


def test_the_photo_is_light() -> None:
    """It fits a slow line."""
    assert len(STORY.photo) < 20_000


def test_cards_and_things_can_be_told_apart() -> None:
    """Some of each tell something and some do not, each with a reason; numbers stand inside the picture."""
    for cards in (STORY.cards, [thing.card for thing in STORY.things]):
        assert {card.true for card in cards} == {True, False}
        assert all(len(card.why) > 20 for card in cards)
    assert all(0 <= thing.x <= WIDTH and 0 <= thing.y <= HEIGHT for thing in STORY.things)
    assert {"sign", "face", "poster", "plate", "shadow"} <= {t.card.id for t in STORY.things if t.card.true}


def test_a_translation_is_used_where_it_exists() -> None:
    """A language shows its own words and falls back to English where they are missing."""
    story = data.read(SMALL, STORY.photo, "bn")

    assert (story.cards[0].text, story.alt) == ("এক", "A house.")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("alt:", "words:", "alt"),
        ("x: 1", "x: 9999", "things.0.x"),
        ("things:", "things:\n  - {id: sky, x: 1, y: 2, text: {en: S}, so: true, why: {en: W}}", "things"),
        ("{en: A house.}", "{en: A house.", None),
    ],
)
def test_malformed_words_name_the_field(old: str, new: str, field: str | None) -> None:
    """Unknown keys, places outside the picture, doubled ids and broken YAML are refused."""
    with pytest.raises(ContentError) as caught:
        data.read(SMALL.replace(old, new, 1), STORY.photo)

    assert caught.value.field == field
