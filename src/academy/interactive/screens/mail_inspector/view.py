"""The screen of the mail inspector. Every answer comes from ``model``; nothing is typed and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any

import ipywidgets
from IPython.display import display
from markupsafe import Markup, escape

from academy.content.markdown import isolate
from academy.interactive.mail import data
from academy.interactive.mail.model import Case, Message, Puzzle, message_of
from academy.interactive.screens.mail_inspector.model import (
    LAYERS,
    TRUTH_WORDS,
    VERDICT_WORDS,
    Given,
    Play,
    after,
    judgement,
    rows,
)
from academy.interactive.widgets import Live, Part, button, column, fill, here

__all__ = ["show"]

FOLDER = "mail_inspector"
OPEN = ("Choose one", "")


class Inspector:
    """First tab: look at a message, open its layers, give a verdict, read what is true."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.play = Play(message=case.messages[0].id)
        self.which = _field("Message", [(f"{m.id}: {m.title}", m.id) for m in case.messages], self.play.message)
        self.front = Live()
        self.openers = {name: button("", kind="secondary") for name in LAYERS}
        self.layers = {name: Live() for name in LAYERS}
        self.verdict = _field("I think it is", [OPEN, *((words, name) for name, words in VERDICT_WORDS.items())])
        self.reason = _field("Mostly because", [OPEN, *((reason.text, reason.id) for reason in case.reasons)])
        self.action = _field("I would", [OPEN, *((action.text, action.id) for action in case.actions)])
        self.settle = button("Say what is true")
        self.next = button("Next message", kind="secondary")
        self.answer, self.overview = Live(), Live()
        self._wire()
        self._draw_message()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        layers = column(*(part for name in LAYERS for part in (self.openers[name], self.layers[name])))
        ask = Part(html=fill(f"{FOLDER}/verdict.html"))
        actions = column(self.settle, self.next, css="actions")
        return column(
            self.which,
            self.front,
            layers,
            ask,
            self.verdict,
            self.reason,
            self.action,
            actions,
            self.answer,
            self.overview,
        )

    def _wire(self) -> None:
        self.which.observe(lambda change: self._turn(change["new"]), "value")
        for name, opener in self.openers.items():
            opener.on_click(lambda _, name=name: self._toggle(name))
        for choice in (self.verdict, self.reason, self.action):
            choice.observe(lambda _: self._draw_actions(), "value")
        self.settle.on_click(lambda _: self._settle())
        self.next.on_click(lambda _: setattr(self.which, "value", after(self.case, self.play.message)))

    def _turn(self, message: str) -> None:
        self.play = self.play.turned(message)
        before = self.play.settled.get(message, Given())
        self.verdict.value, self.reason.value, self.action.value = before.verdict, before.reason, before.action
        self._draw_message()

    def _toggle(self, layer: str) -> None:
        self.play = self.play.toggled(layer)
        self._draw_layers()

    def _settle(self) -> None:
        self.play = self.play.settle(self._given())
        self._draw_answer()

    def _given(self) -> Given:
        return Given(self.verdict.value, self.reason.value, self.action.value)

    def _draw_message(self) -> None:
        message = message_of(self.case, self.play.message)
        self.front.html = fill(f"{FOLDER}/message.html", message=message, paragraphs=_phone(message), isolate=_isolate)
        self._draw_layers()
        self._draw_actions()
        self._draw_answer()

    def _draw_layers(self) -> None:
        mail = message_of(self.case, self.play.message).mail
        for name, title in LAYERS.items():
            is_open = name in self.play.opened
            self.openers[name].description = f"{'Hide' if is_open else 'Show'}: {title.lower()}"
            self.openers[name].layout.display = None if mail else "none"
            self.layers[name].html = (
                _layer(self.case, message_of(self.case, self.play.message), name) if is_open else ""
            )

    def _draw_actions(self) -> None:
        self.settle.disabled = bool(self._given().missing)

    def _draw_answer(self) -> None:
        found = judgement(self.case, self.play)
        self.answer.html = (
            fill(
                f"{FOLDER}/judgement.html",
                judgement=found,
                truth=TRUTH_WORDS[found.message.truth],
                count=len(self.play.settled),
                all=len(self.case.messages),
                isolate=_isolate,
            )
            if found
            else ""
        )
        self.overview.html = fill(
            f"{FOLDER}/overview.html", rows=rows(self.case, self.play), truths=TRUTH_WORDS, verdicts=VERDICT_WORDS
        )


def _layer(case: Case, message: Message, name: str) -> str:
    """Return one layer of a mail; a message without layers has none to show."""
    if message.mail is None:
        return ""
    clock = "%H:%M:%S"
    return fill(
        f"{FOLDER}/layer.html",
        layer=name,
        mail=message.mail,
        server=case.server,
        sent_utc=message.mail.sent.astimezone(UTC).strftime(clock),
        arrived_utc=message.mail.hops[-1].at.astimezone(UTC).strftime(clock),
        isolate=_isolate,
    )


def _phone(message: Message) -> tuple[Markup, ...]:
    """Return the paragraphs as a phone shows them: links are underlined, and lead nowhere."""
    shown = [_isolate(words) for words in message.words]
    for link in message.mail.links if message.mail else ():
        words = _isolate(link.text)
        shown = [paragraph.replace(words, Markup("<u>{}</u>").format(words)) for paragraph in shown]
    return tuple(shown)


def _isolate(text: str) -> Markup:
    """Return text in which addresses run left to right."""
    return Markup(isolate(text))  # noqa: S704 - it escapes


def _field(label: str, options: Iterable[tuple[str, str]], value: str = "") -> ipywidgets.Dropdown:
    made = ipywidgets.Dropdown(options=list(options), value=value, description=str(escape(label)))
    made.add_class("sort-field")
    return made


def _puzzle(case: Case, puzzle: Puzzle, number: int) -> ipywidgets.Widget:
    """One address of the second tab: decide whose it is, then see it taken apart."""
    whose = _field(f"Who owns address {number}?", [OPEN, ("The commission", "owned"), ("Somebody else", "foreign")])
    look = button("Take it apart", kind="secondary")
    look.tooltip = f"Take address {number} apart"
    answer = Live()

    def tell(_: Any) -> None:
        answer.html = fill(
            f"{FOLDER}/dissected.html",
            puzzle=puzzle,
            given=whose.value,
            right="owned" if puzzle.owned else "foreign",
            domain=case.domain,
            isolate=_isolate,
        )

    look.on_click(tell)
    head = Part(html=fill(f"{FOLDER}/puzzle.html", puzzle=puzzle, number=number))
    return column(head, whose, look, answer, css="card-box")


def show() -> None:
    """Display the screen."""
    case = data.load()
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    links = Part(html=fill(f"{FOLDER}/links.html", domain=case.domain))
    second = column(links, *(_puzzle(case, puzzle, number) for number, puzzle in enumerate(case.puzzles, start=1)))
    tabs = ipywidgets.Tab([Inspector(case).widget(), second], titles=("Six messages", "Four addresses"))
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("mail-inspector")))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
