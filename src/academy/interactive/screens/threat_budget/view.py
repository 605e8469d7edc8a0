"""The screen of the budget game. Every number comes from ``model``; nothing is typed and nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets
from IPython.display import display

from academy.interactive.screens.threat_budget.model import CARDS, Play, band, meter, obstacle, view
from academy.interactive.threats import data
from academy.interactive.threats.model import KINDS, Adversary, Game, sort_evidence
from academy.interactive.widgets import Live, Part, button, column, fill, here, say, speaks
from academy.languages.phrases import counted, phrase

__all__ = ["show"]

FOLDER = "threat_budget"
LABELS = {"history": phrase("History"), "intent": phrase("Intent"), "capability": phrase("Capability")}
BANDS = {
    # Translators: how high a score is
    "low": phrase("low"),
    "medium": phrase("medium"),
    "high": phrase("high"),
    "very high": phrase("very high"),
}


class Budget:
    """First tab: choose, settle, see why, try again."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.play = Play()
        self.cards = {measure.id: _card(measure.text, measure.effort) for measure in game.measures}
        self.task, self.meter, self.outcome = Part(), Live(), Live()
        self.meter.add_class("sticky")
        self.budgets = ipywidgets.RadioButtons(
            options=[(_points(points), points) for points in game.budgets], value=self.play.budget
        )
        self.settle = button(phrase("Show what my four cards do"))
        self.again = button(phrase("Put all cards back"), kind="secondary")
        self.switch = column(Part(html=fill(f"{FOLDER}/switch.html")), self.budgets, css="switch")
        self._wire()
        self._draw()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        threats = Part(html=fill(f"{FOLDER}/threats.html", game=self.game, band=band, words=BANDS))
        cards = column(column(*self.cards.values(), css="cards"), self.meter)
        actions = column(self.settle, self.again, css="actions")
        return column(threats, self.task, self.switch, cards, actions, self.outcome)

    def _wire(self) -> None:
        for name, card in self.cards.items():
            card.observe(lambda _, name=name: self._change(self.play.toggled(name)), "value")
        self.budgets.observe(lambda change: self._change(replace(self.play, budget=change["new"])), "value")
        self.settle.on_click(lambda _: self._change(replace(self.play, committed=True)))
        self.again.on_click(lambda _: self._put_back())

    def _change(self, play: Play) -> None:
        if play.committed and not self.play.committed and obstacle(self.game, play):
            return
        self.play = play
        self._draw()

    def _put_back(self) -> None:
        for card in self.cards.values():
            card.value = False

    def _draw(self) -> None:
        settled = self.play.committed
        stop = None if settled else obstacle(self.game, self.play)
        self.task.html = fill(f"{FOLDER}/task.html", settled=settled)
        self.meter.html = fill(
            f"{FOLDER}/meter.html", meter=meter(self.game, self.play), most=CARDS, obstacle=stop, settled=settled
        )
        self.settle.layout.display = "none" if settled else None
        self.settle.disabled = stop is not None
        self.switch.layout.display = None if settled else "none"
        self.outcome.html = self._outcome() if settled else ""

    def _outcome(self) -> str:
        return fill(f"{FOLDER}/outcome.html", view=view(self.game, self.play), band=band, words=BANDS)


def _points(count: int) -> str:
    return say(counted("%(count)s point", "%(count)s points", count))


def _card(text: str, effort: int) -> ipywidgets.Checkbox:
    points = _points(effort)
    card = ipywidgets.Checkbox(
        value=False,
        description=f"{escape(text)} <b>{points}</b>",
        description_allow_html=True,
        tooltip=f"{text} ({points})",
        indent=False,
    )
    card.add_class("choice-card")
    return card


def _adversary(adversary: Adversary) -> ipywidgets.Widget:
    """One card of the second tab: sort what is known, then read what each statement is."""
    options = [(say(phrase("Choose one")), ""), *((say(LABELS[kind]), kind) for kind in KINDS)]
    fields = {
        item.id: ipywidgets.Dropdown(options=options, value="", description=item.text) for item in adversary.evidence
    }
    look = button(phrase("See what each one is"), kind="secondary")
    answer = Live()

    def tell(_: Any) -> None:
        given = {name: field.value for name, field in fields.items() if field.value}
        answer.html = fill(f"{FOLDER}/sorted.html", rows=sort_evidence(adversary, given), labels=LABELS)

    look.on_click(tell)
    for field in fields.values():
        field.add_class("sort-field")
    head = Part(html=fill(f"{FOLDER}/adversary.html", adversary=adversary))
    return column(head, *fields.values(), look, answer, css="card-box")


def show() -> None:
    """Display the screen."""
    game = data.load(speaks())
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    evidence = Part(html=fill(f"{FOLDER}/evidence.html"))
    second = column(evidence, *map(_adversary, game.adversaries))
    titles = (say(phrase("Spend the effort")), say(phrase("Weigh the evidence")))
    tabs = ipywidgets.Tab([Budget(game).widget(), second], titles=titles)
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("threat-budget")))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
