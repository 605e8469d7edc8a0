"""The file lab: a real text document and a real PDF, what they hold besides their page, and clean copies."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.documents import data, pdf
from academy.interactive.documents.model import Paper, cleaned, compare, look
from academy.interactive.documents.parts import BAR
from academy.interactive.documents.pdf import Box, Page, Words
from academy.interactive.documents.samples import FILES

STORY = data.load()
NOTE, LETTER = STORY.papers
NAME = "Mira Sol"

plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30)
places = st.tuples(st.integers(0, 400), st.integers(0, 280))


def unpacked(file: bytes) -> str:
    """Return all that stands in a file, also inside its archive."""
    if not file.startswith(b"PK"):
        return file.decode("latin-1")
    with ZipFile(BytesIO(file)) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist())


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_the_one_that_the_script_writes(name: str) -> None:
    """Byte by byte, so nobody can slip anything into a sample."""
    assert files("academy.interactive.documents").joinpath(name).read_bytes() == FILES[name]()


def test_the_note_tells_who_wrote_it_and_what_was_taken_out() -> None:
    """Author, editor, time, the removed name and the remark stand in the file, and none of it on the page."""
    found = {finding.id: finding.value for finding in look(NOTE.data).findings}

    assert (found["author"], found["editor"]) == ("Salma Idrin", "Anika Tarin")
    assert NAME in found["removed"]
    assert "Her uncle works for the company" in found["remark"]
    assert NAME not in "".join(look(NOTE.data).seen)


def test_the_letter_still_holds_the_name_under_the_bar() -> None:
    """The eye reads a bar; the file has the name, and the title has it, too."""
    seen = look(LETTER.data)
    found = {finding.id: finding.value for finding in seen.findings}

    assert f"Our witness {BAR} asks to be heard" in seen.seen
    assert NAME in found["covered"]
    assert NAME in found["title"]
    assert NAME not in "".join(seen.seen)


@pytest.mark.parametrize("paper", STORY.papers, ids=lambda paper: paper.id)
def test_a_clean_copy_reads_the_same_and_holds_nothing_more(paper: Paper) -> None:
    """Same words on the page, nothing left inside, no name anywhere in the bytes, and a smaller file."""
    copy = cleaned(paper.data)
    result = compare(paper.data, copy)

    assert result.same_words
    assert result.left == ()
    assert result.sizes[0] > result.sizes[1]
    for word in (NAME, "Salma", "Anika", "Bela"):
        assert word in unpacked(paper.data) or paper is LETTER
        assert word not in unpacked(copy)


@pytest.mark.parametrize("paper", STORY.papers, ids=lambda paper: paper.id)
def test_cleaning_a_clean_file_changes_nothing(paper: Paper) -> None:
    """Twice is once."""
    once = cleaned(paper.data)

    assert cleaned(once) == once


def test_the_clean_note_names_no_part_that_is_gone() -> None:
    """Programs open it: its lists mention neither properties nor remarks."""
    text = unpacked(cleaned(NOTE.data))

    assert "comments" not in text
    assert "docProps" not in text
    assert "delText" not in text


def test_the_pdf_says_where_its_parts_stand() -> None:
    """The table of places and the length of the stream are right, so that any reader can open it."""
    text = LETTER.data.decode("latin-1")
    start = int(text.split("startxref\n")[1].split("\n")[0])
    stands = [int(line[:10]) for line in text[start:].splitlines() if line.endswith("n ")]

    assert text[start:].startswith("xref")
    assert [text[at:].split(" ", 1)[0] for at in stands] == ["1", "2", "3", "4", "5", "6"]


@given(st.lists(st.tuples(places, plain), max_size=4), st.lists(st.tuples(places, places), max_size=2))
def test_a_page_is_read_as_it_was_written(
    words: list[tuple[tuple[int, int], str]], boxes: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Brackets and backslashes in words come back as they were."""
    page = Page(tuple(Words(x, y, text) for (x, y), text in words), tuple(Box(*at, *size) for at, size in boxes))

    assert pdf.page_of(pdf.written(page, {})) == page


@given(st.lists(st.tuples(places, plain), min_size=1, max_size=4), st.tuples(places, places))
def test_covered_words_never_reach_the_clean_copy(
    words: list[tuple[tuple[int, int], str]], box: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    """Whatever is painted over, the clean page keeps the open words and no others."""
    page = Page(tuple(Words(x, y, text) for (x, y), text in words), (Box(*box[0], *box[1]),))
    copy = pdf.page_of(pdf.cleaned(pdf.written(page, {"Title": "Draft"})))

    assert copy.words == tuple(run for run in page.words if not page.is_covered(run))
    assert not any(copy.is_covered(run) for run in copy.words)


@given(st.binary(max_size=40))
def test_another_kind_of_file_is_refused(noise: bytes) -> None:
    """One sentence says what can be read here."""
    for file in (noise, b"PK\x03\x04" + noise, b"%PDF" + noise):
        with pytest.raises(BadInput):
            look(file)


def test_every_finding_has_a_label_and_every_card_a_reason() -> None:
    """What the lab shows can be read in words; some cards are so and some are not."""
    for paper in STORY.papers:
        assert {finding.id for finding in look(paper.data).findings} <= set(STORY.labels)
        assert {card.true for card in paper.cards} == {True, False}
        assert all(len(card.why) > 20 for card in paper.cards)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("labels: {}\npapers: []\nmore: 1", "more"),
        ("labels: {}\npapers: [{id: a}]", "papers.0.name"),
        ("labels: [", None),
    ],
)
def test_malformed_words_name_the_field(text: str, field: str | None) -> None:
    """Unknown keys, missing words and broken YAML are refused."""
    with pytest.raises(ContentError) as caught:
        data.read(text)

    assert caught.value.field == field
