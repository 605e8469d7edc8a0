"""The screen of the first hour. Every number comes from ``model``; nothing is typed and nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets
from IPython.display import display

from academy.interactive.incidents import data
from academy.interactive.incidents.log import VIEWS, Log, counts
from academy.interactive.incidents.model import Action, Case, fits
from academy.interactive.incidents.walk import Tree, at
from academy.interactive.screens.first_hour.model import Play, view
from academy.interactive.widgets import Live, Part, button, column, fill, here

__all__ = ["show"]

FOLDER = "first_hour"
BY = {"week": "by week", "weekday": "by weekday", "place": "by place", "hearing": "by days to the next hearing"}


class FirstHour:
    """First tab: choose an incident, spend sixty minutes, look back."""

    def __init__(self, cases: tuple[Case, ...]) -> None:
        self.cases = {case.id: case for case in cases}
        self.play = Play(case=cases[0].id)
        self.choice = _radio("What happened?", [(case.title, case.id) for case in cases])
        self.story, self.gauges, self.outcome = Live(), Live(), Live()
        self.gauges.add_class("sticky")
        self.open = button("Open this case", kind="secondary")
        self.actions = column(css="steps")
        self.end = button("Look back at the hour")
        self.again = button("Begin the hour again", kind="secondary")
        self.hour = column(self.actions, self.gauges, column(self.end, self.again, css="actions"))
        self.steps: dict[str, ipywidgets.Button] = {}
        self._wire()
        self._deal()

    @property
    def case(self) -> Case:
        """The incident that is open."""
        return self.cases[self.play.case]

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        head = Part(html=fill(f"{FOLDER}/which.html"))
        return column(head, self.choice, self.story, self.open, self.hour, self.outcome)

    def _wire(self) -> None:
        self.choice.observe(lambda change: self._choose(change["new"]), "value")
        self.open.on_click(lambda _: self._change(replace(self.play, welcome=self.play.welcome | {self.case.id})))
        self.end.on_click(lambda _: self._change(replace(self.play, ended=True)))
        self.again.on_click(lambda _: self._change(replace(self.play, taken=(), ended=False)))

    def _choose(self, case: str) -> None:
        self.play = Play(case=case, welcome=self.play.welcome)
        self._deal()

    def _deal(self) -> None:
        """Lay out the steps of the case; each is one button that takes the step, or takes it back."""
        self.steps = {action.id: button(_label(action), kind="secondary") for action in self.case.actions}
        for name, step in self.steps.items():
            step.on_click(lambda _, name=name: self._toggle(name))
        self.actions.children = tuple(self.steps.values())
        self._draw()

    def _toggle(self, action: str) -> None:
        self._change(replace(self.play.toggled(action), ended=False))

    def _change(self, play: Play) -> None:
        self.play = play
        self._draw()

    def _draw(self) -> None:
        closed = bool(self.case.warning) and self.case.id not in self.play.welcome
        self.story.html = fill(f"{FOLDER}/story.html", case=self.case, closed=closed)
        self.open.layout.display = None if closed else "none"
        self.hour.layout.display = "none" if closed else None
        shown = view(self.case, self.play)
        self._label_steps()
        self.gauges.html = "" if closed else fill(f"{FOLDER}/gauges.html", view=shown)
        self.end.disabled = not self.play.taken
        self.outcome.html = fill(f"{FOLDER}/outcome.html", view=shown) if self.play.ended else ""

    def _label_steps(self) -> None:
        possible = fits(self.case, self.play.taken)
        for action in self.case.actions:
            step, taken = self.steps[action.id], action.id in self.play.taken
            number = self.play.taken.index(action.id) + 1 if taken else 0
            step.description = _label(action, number)
            step.disabled = not taken and action.id not in possible
            (step.add_class if taken else step.remove_class)("taken")


class FirstStep:
    """Second tab: answer questions until there is something to do."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.answers: tuple[int, ...] = ()
        self.place = Live()
        self.choice = _radio("Your answer", [])
        self.on = button("Go on")
        self.back = button("One question back", kind="secondary")
        self.on.on_click(lambda _: self._move((*self.answers, self.choice.value)))
        self.back.on_click(lambda _: self._move(self.answers[:-1]))
        self.choice.observe(lambda _: self._ready(), "value")
        self._move(())

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        head = Part(html=fill(f"{FOLDER}/walk.html"))
        return column(head, self.place, self.choice, column(self.on, self.back, css="actions"))

    def _move(self, answers: tuple[int, ...]) -> None:
        self.answers = answers
        place = at(self.tree, answers)
        self.place.html = fill(f"{FOLDER}/place.html", place=place)
        self.choice.options = [(choice.text, number) for number, choice in enumerate(place.choices)]
        self.choice.value = None
        for control in (self.choice, self.on):
            control.layout.display = None if place.choices else "none"
        self.back.layout.display = None if answers else "none"
        self._ready()

    def _ready(self) -> None:
        self.on.disabled = self.choice.value is None


def _incident_log(log: Log) -> ipywidgets.Widget:
    """Third tab: count the same twelve lines in four ways."""
    choice = _radio("Count the entries", [(BY[by], by) for by in VIEWS])
    counted = Live()

    def tell(_: Any) -> None:
        counted.html = fill(
            f"{FOLDER}/counts.html", by=choice.value, title=BY[choice.value], rows=counts(log, choice.value)
        )

    choice.observe(tell, "value")
    tell(None)
    return column(Part(html=fill(f"{FOLDER}/log.html", log=log)), choice, counted)


def _radio(label: str, options: list[tuple[str, Any]]) -> ipywidgets.RadioButtons:
    made = ipywidgets.RadioButtons(options=options, description=label)
    made.add_class("stacked-choice")
    return made


def _label(action: Action, number: int = 0) -> str:
    done = f"Step {number}, press to take it back: " if number else ""
    return f"{done}{action.text} ({action.minutes} minutes)"


def show() -> None:
    """Display the screen."""
    incidents = data.load()
    links = here("first-hour")
    intro = Part(html=fill(f"{FOLDER}/intro.html", links=links))
    tabs = ipywidgets.Tab(
        [FirstHour(incidents.cases).widget(), FirstStep(incidents.tree).widget(), _incident_log(incidents.log)],
        titles=("The first hour", "Find the first step", "The log"),
    )
    end = Part(html=fill(f"{FOLDER}/end.html", links=links))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
