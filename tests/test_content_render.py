"""Questions and feedback as HTML: accessible, without script, safe, and without anything that gives the key away."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.content.answers import field_names, to_fields
from academy.content.questions import Essay, Question
from academy.content.render import feedback_html, markdown_html, practice_feedback_html, question_html
from academy.content.scoring import answer_key
from academy.content.shuffle import parts_of
from tests.content_samples import anything, parse, plausible, question, questions

every_type = pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked.id)
PRACTICE = [asked for asked in questions() if not isinstance(asked, Essay)]
VOID = {"input", "br", "hr"}


class Page(HTMLParser):
    """What a piece of HTML consists of; fails on tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        assert len({name for name, _ in attrs}) == len(attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the last open tag is closed first."""
        if tag not in VOID:  # written as ``<hr />`` it is said to be closed, too
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the words."""
        self.words += data

    def all(self, *names: str) -> list[dict[str, str]]:
        """Return the attributes of all tags with these names."""
        return [attributes for tag, attributes in self.tags if tag in names]


def fields_of(page: Page) -> dict[str, list[str]]:
    """Return what a browser would send for the form as it stands, without empty fields."""
    fields: dict[str, list[str]] = {}
    name = ""
    for tag, attributes in page.tags:
        if tag == "select":
            name = attributes["name"]
        chosen = (tag == "input" and "checked" in attributes) or (tag == "option" and "selected" in attributes)
        typed = tag == "input" and attributes["type"] == "text"
        if (chosen or typed) and attributes["value"]:
            fields.setdefault(attributes.get("name", name), []).append(attributes["value"])
    return fields


@every_type
def test_every_control_has_a_label_and_a_name(asked: Question) -> None:
    """Each control of a question is labelled, and the names are the contract's field names."""
    page = Page(question_html(asked, number=4))
    labels = {label["for"] for label in page.all("label")}
    controls = page.all("input", "select", "textarea")
    assert {control["id"] for control in controls} == labels
    assert {control["name"] for control in controls} == set(field_names(asked))
    assert [tag for tag, _ in page.tags][:2] == ["fieldset", "legend"]
    assert "Question 4." in page.words
    assert all(
        "dir" in label
        for label in page.all("label", "legend")
        if label.get("for") != page.all("fieldset")[0]["id"] + "-text"
    )


@every_type
def test_a_problem_is_tied_to_its_controls(asked: Question) -> None:
    """A screen reader reads the problem with the control it belongs to."""
    page = Page(question_html(asked, problem="Give each <one> its place."))
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    described = [attributes["aria-describedby"] for _, attributes in page.tags if "aria-describedby" in attributes]
    assert described
    assert all(set(names.split()) <= ids for names in described)
    assert any(names.split()[-1].endswith("-problem") for names in described)
    assert "Give each <one> its place." in page.words


@every_type
def test_ids_are_unique_and_nothing_is_inline(asked: Question) -> None:
    """No id stands twice; no script, no style, no event attribute, nothing to load."""
    html = question_html(asked) + feedback_html(asked, None, 0.0, None)
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not page.all("script", "style", "img", "link", "iframe")
    names = {name for _, attributes in page.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"style", "src"}]


@every_type
@given(data=st.data())
def test_the_form_shows_the_answer_it_was_given(asked: Question, data: st.DataObject) -> None:
    """Filled with a draft, the form would send that draft again."""
    answer = data.draw(plausible(asked))
    page = Page(question_html(asked, answer=answer))
    if isinstance(asked, Essay):
        assert str(answer) in page.words
    else:
        sent = fields_of(page)
        assert {name: sorted(values) for name, values in sent.items()} == to_fields(asked, answer)


@every_type
@given(answer=anything)
def test_anything_can_stand_in_for_an_answer(asked: Question, answer: object) -> None:
    """Malformed answers, as a notebook may hold them, are shown as well as can be, and never raise."""
    Page(question_html(asked, answer=answer))
    Page(feedback_html(asked, answer, 0.0, "Thank you."))
    if not isinstance(asked, Essay):
        Page(practice_feedback_html(asked, answer))


@every_type
def test_the_form_does_not_give_the_key_away(asked: Question) -> None:
    """No rationale, no key, no accepted word and no guidance stands in the form."""
    html = question_html(asked)
    data = asked.model_dump()
    parts = [*data.get("options", ()), *data.get("right", ()), *data.get("common_errors", ()), data]
    whys = [part["why"] for part in parts if part.get("why")]
    assert not [why for why in [*whys, "GUIDANCE", "gaining", "77.5"] if why in html]
    for attribute in ("ok=", "score=", "answer=", "checked", "selected"):
        assert attribute not in html


def test_options_are_shuffled_by_seed_and_question() -> None:
    """The same seed gives the same order, seeds give different ones, and ``keep_order`` keeps the file's."""
    asked = question("S.multi")
    orders = {tuple(part.id for part in parts_of(asked, str(seed))) for seed in range(50)}
    assert len(orders) > 20
    assert question_html(asked, seed="salma") == question_html(asked, seed="salma")
    assert [part.id for part in parts_of(question("S.scenario"), "salma")] == ["a", "b", "c"]


def test_the_place_of_the_key_is_even() -> None:
    """Over many seeds the right option stands in each place about equally often."""
    places = [[part.id for part in parts_of(question("S.single"), str(seed))].index("b") for seed in range(900)]
    assert all(240 < places.count(place) < 360 for place in range(3))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "see https://vnchr.example@203.0.113.7/login.",
            '<bdi dir="ltr">https://vnchr.example@203.0.113.7/login</bdi>.',
        ),
        ("write salma@rwn.example", '<bdi dir="ltr">salma@rwn.example</bdi>'),
        ("host rwn.example!", '<bdi dir="ltr">rwn.example</bdi>!'),
        ("at 198.51.100.20 now", '<bdi dir="ltr">198.51.100.20</bdi>'),
        ("call +999 555 0100.", '<bdi dir="ltr">+999 555 0100</bdi>.'),
        ("hash " + "ab12" * 8, f'<bdi dir="ltr">{"ab12" * 8}</bdi>'),
        ("`7776^k`", '<bdi dir="ltr"><code>7776^k</code></bdi>'),
    ],
)
def test_addresses_are_isolated_and_never_links(text: str, shown: str) -> None:
    """An address reads left to right in any text, and an invented one cannot be followed."""
    html = markdown_html(text)
    assert shown in html
    assert "<a " not in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://elsewhere.example/beacon.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,boo)",
        "[x](//elsewhere.example)",
        "[x](vbscript:boo)",
        "<https://a.example/\"onmouseover='boo'>",
        "```{note}\n<script>\n```",
        '[x](https://a.example "onclick=boo")',
    ],
)
def test_markdown_cannot_do_harm(text: str) -> None:
    """HTML is shown as text; there are no pictures from elsewhere and no links that run something."""
    page = Page(markdown_html(text))
    assert not page.all("script", "img", "iframe", "style")
    for link in page.all("a"):
        assert link["href"].startswith("https://")
        assert link["rel"] == "noopener noreferrer nofollow"
        assert set(link) <= {"href", "rel", "title"}


@given(st.text(alphabet="<>&\"'`*_[]()!:#|\n ahttps/.=-~", max_size=60))
def test_any_markdown_gives_well_formed_html(text: str) -> None:
    """Whatever is written in a comment, the page around it stays whole."""
    names = {name for _, attributes in Page(markdown_html(text)).tags for name in attributes}
    assert names <= {"dir", "href", "rel", "title", "scope", "class", "tabindex", "start"}


def test_markup_in_a_stem_and_in_options_is_shown_safely() -> None:
    """Emphasis and code work in stems and options; HTML does not."""
    option = {"id": "b", "ok": True, "text": "<b>bold</b> *really* `code`", "why": "w"}
    other = {"id": "a", "ok": False, "text": "x", "why": "w"}
    html = question_html(
        parse({"id": "Q", "type": "single", "stem": "*Which* <i>one</i>?", "options": [option, other]})
    )
    assert "<em>Which</em> &lt;i&gt;one&lt;/i&gt;?" in html
    assert "&lt;b&gt;bold&lt;/b&gt; <em>really</em>" in html


def test_a_long_stem_keeps_its_legend_short() -> None:
    """The first paragraph is the legend; what follows stands below it."""
    html = question_html(question("S.multi"))
    assert ">Which are weaknesses?</legend>" in html
    assert '<div class="question-stem"><p dir="auto">Think of the <em>office</em>.</p>' in html


def test_an_essay_shows_its_rubric_before_writing() -> None:
    """The rubric, with the points of each level, can be opened above the text field."""
    html = question_html(question("S.essay"), answer="</textarea><script>")
    assert html.index("<details") < html.index("<textarea")
    assert "2\N{EN DASH}3" in html
    assert "&lt;/textarea&gt;" in html


# --- feedback ---


@pytest.mark.parametrize("asked", PRACTICE, ids=lambda asked: asked.id)
def test_practice_says_that_the_key_fits(asked: Question) -> None:
    """The key gets a kind word and its reason."""
    html = practice_feedback_html(asked, answer_key(asked))
    assert "That fits." in html
    assert "more to find" not in html


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("S.single", "a", ["Not this time", "Loud is no reason."]),
        (
            "S.multi",
            ["a", "b"],
            ["Part of this fits", "Loss harms more.", "That is a threat.", "There is more to find"],
        ),
        ("S.scenario", "c", ["Part of this fits", "It may be right, but not alone."]),
        ("S.numeric", "12.92", ["Not this time", "That is one word."]),
        ("S.numeric", "many", ["Write the number in digits."]),
        ("S.short", "Deterrence.", ["Not this time", "That raises the cost of an attack."]),
        ("S.order", ["cloud", "river", "stone", "field"], ["Part of this fits", "Measures come after"]),
        ("S.match", {"r1": "i"}, ["Not this time", "A past act."]),
        ("S.single", None, ["Choose or write an answer first"]),
    ],
)
def test_practice_gives_reasons_for_what_was_chosen(name: str, answer: object, words: list[str]) -> None:
    """The reasons of the chosen options, and of no others, are read at once; the word "wrong" is never a verdict."""
    html = practice_feedback_html(question(name), answer)
    assert not [word for word in words if word not in html]
    assert "wrong" not in html.lower()


def test_practice_does_not_tell_the_other_options() -> None:
    """What was not chosen stays open for another try."""
    html = practice_feedback_html(question("S.single"), "a")
    assert "Right, ask first." not in html


@pytest.mark.parametrize("asked", PRACTICE, ids=lambda asked: asked.id)
def test_feedback_gives_every_rationale(asked: Question) -> None:
    """After grading, the reason of every option can be read, whatever was chosen."""
    words = Page(feedback_html(asked, None, 0.0, None)).words
    data = asked.model_dump()
    parts = [*data.get("options", ()), *data.get("right", ()), data]
    assert not [part["why"] for part in parts if part.get("why") and part["why"] not in words]
    assert "You left this one out." in words


def test_feedback_marks_the_own_answer_in_words() -> None:
    """The own answer is marked by words, not by colour alone; points and comment stand beside it."""
    html = feedback_html(question("S.multi"), ["a", "b"], 0.0, "Look at **b** again.")
    assert html.count(">Your answer</strong>") == 2
    assert html.count(">Fits</strong>") == 3
    assert "Points: 0 of 3" in html
    assert "Look at <strong>b</strong> again." in html
    assert "wrong" not in html.lower()


@pytest.mark.parametrize(
    ("points", "shown"), [(2 / 3, "Points: 0.67 of 3"), (3.0, "Points: 3 of 3"), (None, "Not marked yet")]
)
def test_points_are_written_as_people_do(points: float | None, shown: str) -> None:
    """Points have at most two decimals; an answer nobody has marked says so."""
    assert shown in feedback_html(question("S.multi"), ["a"], points, None)


def test_an_essay_is_shown_as_it_was_written() -> None:
    """Paragraphs stay paragraphs, and nothing in the text becomes markup."""
    html = feedback_html(question("S.essay"), "First <b>\n\nSecond *x*", 5.0, None)
    assert '<p dir="auto">First &lt;b&gt;</p>' in html
    assert "Second *x*" in html
    assert "GUIDANCE" not in html
