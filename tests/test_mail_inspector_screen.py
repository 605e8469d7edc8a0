"""The mail inspector on the screen: what is chosen changes what is shown, nothing is kept, nothing leads anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.interactive.mail import data
from academy.interactive.screens.mail_inspector import view
from academy.interactive.screens.mail_inspector.model import LAYERS, Given, Play, after, judgement, rows
from academy.interactive.screens.mail_inspector.view import Inspector
from academy.interactive.widgets import Live

CASE = data.load()
NAMES = [message.id for message in CASE.messages]
FULL = Given("unsure", "pressure", "call")


def inspector(message: str = "A") -> Inspector:
    """Return the first tab, turned to a message."""
    made = Inspector(CASE)
    made.which.value = message
    return made


def within(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Return a widget and all that stands in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from within(child)


def second_tab() -> list[ipywidgets.Widget]:
    """Return the boxes of the four addresses."""
    return [view._puzzle(CASE, puzzle, number) for number, puzzle in enumerate(CASE.puzzles, start=1)]


def opened(made: Inspector) -> str:
    """Return all that the open layers show."""
    return "".join(layer.html for layer in made.layers.values())


class Loose(HTMLParser):
    """Collects the text that stands outside of any ``bdi``, and the names of all tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth, self.text, self.tags = 0, "", set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count the isolation of what follows."""
        self.tags.add(tag)
        self.depth += tag == "bdi" and ("dir", "ltr") in attrs

    def handle_endtag(self, tag: str) -> None:
        """End an isolation."""
        self.depth -= tag == "bdi"

    def handle_data(self, data: str) -> None:
        """Keep what is not isolated."""
        self.text += "" if self.depth else data


def everything() -> str:
    """Return all markup of all states: each message with its layers and its answer, the overview, each address."""
    made = inspector()
    shown = []
    for name in NAMES:
        made.which.value = name
        for opener in made.openers.values():
            opener.click()
        made.verdict.value, made.reason.value, made.action.value = "safe", "link", "type"
        made.settle.click()
        shown += [made.front.html, opened(made), made.answer.html, made.overview.html]
    for box in second_tab():
        head, _, look, answer = box.children
        look.click()
        shown += [head.html, answer.html]
    return "\n".join(shown)


def test_a_phone_shows_the_name_and_hides_the_layers() -> None:
    """Before anything is opened, neither the sender's address nor the target of the link can be seen."""
    front = inspector().front.html

    assert "Velunia National Commission for Human Rights" in front
    assert "vnchr.example/cases" in front
    assert not re.search(r"account-verify|mailer-77|freemail|complaints@", front)
    assert opened(inspector()) == ""


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("sender", "complaints@vnchr.example"),
        ("reply", "vnchr.complaints@freemail.example"),
        ("envelope", "bounce@mailer-77.example"),
        ("checks", "mailer-77.example"),
        ("path", "vps31.cheaphost.example"),
        ("links", "account-verify.example"),
    ],
)
def test_each_layer_opens_and_closes_by_its_button(layer: str, words: str) -> None:
    """The button says what it will do, and only its own layer changes."""
    made = inspector()
    opener = made.openers[layer]

    assert opener.description == f"Show: {LAYERS[layer].lower()}"
    opener.click()
    assert words in made.layers[layer].html
    assert opened(made) == made.layers[layer].html
    assert opener.description.startswith("Hide: ")
    opener.click()
    assert opened(made) == ""


def test_a_line_of_checks_by_a_stranger_is_marked() -> None:
    """Mail D brought its own line; the screen says beside its name that it proves nothing."""
    made = inspector("D")
    made.openers["checks"].click()
    own, brought = made.layers["checks"].html.split("mx.sure-check.example", 1)

    assert "proves nothing" not in own
    assert "proves nothing" in brought


def test_a_chat_has_no_layers() -> None:
    """Its buttons are gone, and a sentence says why."""
    made = inspector("F")

    assert {opener.layout.display for opener in made.openers.values()} == {"none"}
    assert "no layers" in made.front.html


def test_a_verdict_needs_all_three_and_then_tells_the_truth() -> None:
    """Verdict, reason and action are chosen first; then follow the truth and a sentence on each."""
    made = inspector("C")
    made.verdict.value, made.reason.value = "safe", "passed"
    assert made.settle.disabled
    made.settle.click()
    assert made.answer.html == ""

    made.action.value = "answer"
    assert not made.settle.disabled
    made.settle.click()
    assert "hijacked account" in made.answer.html
    assert "the attacker reads it" in made.answer.html
    assert "1 of 6" in made.answer.html


def test_the_next_message_begins_closed_and_a_former_verdict_comes_back() -> None:
    """Turning closes the layers and shows no answer; turning back shows what was chosen."""
    made = inspector("A")
    made.openers["sender"].click()
    made.verdict.value, made.reason.value, made.action.value = "dangerous", "reply", "call"
    made.settle.click()
    made.next.click()
    assert (made.which.value, opened(made), made.answer.html, made.verdict.value) == ("B", "", "", "")

    made.which.value = "A"
    assert (made.verdict.value, made.reason.value, made.action.value) == ("dangerous", "reply", "call")
    assert "phishing" in made.answer.html


def test_the_overview_comes_after_the_last_verdict() -> None:
    """All six together, with the layers that contradict: four in A, none in the other mails, no layers in the chat."""
    play = Play("A")
    for name in NAMES:
        assert rows(CASE, play) is None
        play = play.turned(name).settle(FULL)
    found = rows(CASE, play)

    assert found is not None
    assert [row.contradictions for row in found] == [4, 0, 0, 0, 0, None]
    assert {row.given for row in found} == {FULL}


@given(st.sampled_from(NAMES), st.lists(st.sampled_from(list(LAYERS))))
def test_layers_can_always_be_closed_again(message: str, layers: list[str]) -> None:
    """Opening and closing in any order leads back, and never touches a verdict."""
    play = Play(message).settle(FULL)
    turned = play
    for layer in [*layers, *reversed(layers)]:
        turned = turned.toggled(layer)

    assert turned == play
    assert judgement(CASE, turned) == judgement(CASE, play)


def test_next_passes_through_all_messages_and_begins_again() -> None:
    """Six steps lead back to the first."""
    name, passed = "A", []
    for _ in NAMES:
        passed.append(name)
        name = after(CASE, name)

    assert (passed, name) == (NAMES, "A")


def test_an_address_is_taken_apart_after_the_question() -> None:
    """The owner's name is not given away before the button, and the answer follows the choice."""
    head, whose, look, answer = second_tab()[0].children
    assert answer.html == ""
    assert "account-verify.example</bdi></strong>" not in head.html

    whose.value = "owned"
    look.click()
    assert "other way round" in answer.html
    whose.value = "foreign"
    look.click()
    assert "Yes." in answer.html
    assert '<bdi dir="ltr" class="code">account-verify.example</bdi>' in answer.html


def test_every_address_is_isolated_and_none_can_be_followed() -> None:
    """Each address on the screen runs left to right, and there is no link, form, picture or script in any state."""
    found = Loose(everything())

    assert not re.findall(r"[\w-]+\.example|https?:|\d+\.\d+\.\d+\.\d+|xn--", found.text)
    assert not found.tags & {"a", "form", "input", "img", "script", "iframe", "object", "link"}


def test_nothing_can_be_typed_and_every_control_has_a_name() -> None:
    """There are lists and buttons only; each says what it is for, also in its options."""
    controls = [part for root in (inspector().widget(), *second_tab()) for part in within(root)]
    fields = [part for part in controls if isinstance(part, ipywidgets.Dropdown)]
    buttons = [part for part in controls if isinstance(part, ipywidgets.Button)]

    assert not [
        part for part in controls if isinstance(part, (ipywidgets.Text, ipywidgets.Textarea, ipywidgets.FileUpload))
    ]
    assert len(fields) == 8
    assert all(field.description and all(label for label, _ in field.options) for field in fields)
    assert all(one.description for one in buttons)
    assert len({field.description for field in fields}) == len(fields)


def test_what_changes_is_said_by_screen_readers() -> None:
    """Message, layers, answer and overview are live parts of the page."""
    made = inspector()

    assert all(isinstance(part, Live) for part in (made.front, made.answer, made.overview, *made.layers.values()))


def test_nothing_is_stored_and_nothing_is_asked_of_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every state of the screen is reached without opening a file or a connection."""
    everything()  # templates are read once

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("socket.socket", refuse)
    assert everything()
