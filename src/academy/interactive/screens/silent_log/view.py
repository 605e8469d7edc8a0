"""The screen of the silent log. Every result comes from ``model``; nothing is typed and nothing is stored."""

from __future__ import annotations

from typing import Any

import ipywidgets
from IPython.display import display

from academy.interactive.call_log import data
from academy.interactive.call_log.model import Case, Question, answered
from academy.interactive.screens.silent_log.model import first_lines, view, when
from academy.interactive.widgets import Live, Part, button, column, fill, here

__all__ = ["Habits", "Reading", "show"]

FOLDER = "silent_log"


class Reading:
    """First tab: read the log, answer three questions, compare."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.fields = {question.id: _field(question) for question in case.questions}
        self.compare = button("Compare with what the log tells")
        self.answer = Live()
        self.compare.on_click(lambda _: self._tell())

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        log = Part(html=fill(f"{FOLDER}/log.html", lines=first_lines(self.case), when=when))
        read, ask = Part(html=fill(f"{FOLDER}/read.html")), Part(html=fill(f"{FOLDER}/ask.html"))
        return column(read, log, ask, *self.fields.values(), self.compare, self.answer)

    def _tell(self) -> None:
        given = {name: field.value for name, field in self.fields.items() if field.value}
        self.answer.html = fill(f"{FOLDER}/answers.html", rows=answered(self.case, given))


class Habits:
    """Second tab: choose habits and see which links they leave in the log."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.cards = {habit.id: _card(habit.text) for habit in case.habits}
        self.score, self.outcome = Live(), Part()
        self.score.add_class("sticky")
        for card in self.cards.values():
            card.observe(lambda _: self._draw(), "value")
        self._draw()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        head = Part(html=fill(f"{FOLDER}/habits.html"))
        return column(head, column(*self.cards.values(), css="cards"), self.score, self.outcome)

    def _draw(self) -> None:
        shown = view(self.case, (name for name, card in self.cards.items() if card.value))
        self.score.html = fill(f"{FOLDER}/score.html", view=shown)
        self.outcome.html = fill(f"{FOLDER}/changed.html", view=shown, lines=shown.lines, when=when)


def _field(question: Question) -> ipywidgets.Dropdown:
    options: list[tuple[str, Any]] = [("Choose one", ""), *((option.text, option.id) for option in question.options)]
    return ipywidgets.Dropdown(options=options, value="", description=question.text)


def _card(text: str) -> ipywidgets.Checkbox:
    card = ipywidgets.Checkbox(value=False, description=text, tooltip=text, indent=False)
    card.add_class("choice-card")
    return card


def show() -> None:
    """Display the screen."""
    case = data.load()
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    tabs = ipywidgets.Tab([Reading(case).widget(), Habits(case).widget()], titles=("Read the log", "Change the habits"))
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("silent-log")))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
