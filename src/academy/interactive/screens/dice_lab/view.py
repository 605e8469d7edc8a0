"""The screen of the dice lab. Every number comes from the rules; no field takes words, and nothing is stored."""

from __future__ import annotations

from typing import Any

import ipywidgets
from IPython.display import display

from academy.interactive.keys import data
from academy.interactive.keys.data import Lab
from academy.interactive.keys.dice import DICE, FACES, WordList, look_up, roll
from academy.interactive.keys.duel import meet
from academy.interactive.screens.dice_lab.model import ENOUGH, MOST, Sheet, clock_table, placed, scores, time_of
from academy.interactive.widgets import Live, Part, button, column, fill, here

__all__ = ["Clock", "Dice", "Factors", "show"]

FOLDER = "dice_lab"
PLACES = ("weakest", "second", "third", "fourth", "strongest")


class Dice:
    """First tab: roll words, and look up dice that lie on the table."""

    def __init__(self, words: WordList) -> None:
        self.words = words
        self.sheet = Sheet()
        self.roll = button("Roll five dice")
        self.again = button("Start again", kind="secondary")
        self.outcome, self.found = Live(), Live()
        faces = range(1, FACES + 1)
        self.dice = [ipywidgets.Dropdown(options=faces, value=1, description=f"Die {n + 1}") for n in range(DICE)]
        self.roll.on_click(lambda _: self._show(self.sheet.plus(roll(self.words))))
        self.again.on_click(lambda _: self._show(Sheet()))
        for die in self.dice:
            die.observe(lambda _: self._look_up(), "value")
        self._show(self.sheet)
        self._look_up()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        head = Part(html=fill(f"{FOLDER}/roll.html", enough=ENOUGH))
        own = Part(html=fill(f"{FOLDER}/own_dice.html"))
        credit = Part(html=fill(f"{FOLDER}/credit.html", words=self.words))
        actions = column(self.roll, self.again, css="actions")
        return column(head, actions, self.outcome, own, column(*self.dice), self.found, credit)

    def _show(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.roll.disabled = sheet.full
        self.roll.description = "Roll five dice again" if sheet.rolls and not sheet.full else "Roll five dice"
        self.outcome.html = fill(f"{FOLDER}/sheet.html", sheet=sheet, enough=ENOUGH, most=MOST)

    def _look_up(self) -> None:
        self.found.html = fill(f"{FOLDER}/found.html", roll=look_up(self.words, [die.value for die in self.dice]))


class Clock:
    """Second tab: put five secrets in order, then see how long guessing takes."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        options = [("Choose a place", 0), *((f"{n} ({word})", n) for n, word in enumerate(PLACES, start=1))]
        self.places = {
            secret.id: ipywidgets.Dropdown(options=options, value=0, description=secret.name) for secret in lab.ranking
        }
        self.look = button("Show the order")
        self.order, self.time = Live(), Live()
        secrets = [(item.name, item) for item in lab.secrets]
        self.secret = ipywidgets.Dropdown(options=secrets, description="What is guessed")
        self.pace = ipywidgets.Dropdown(
            options=[(item.name, item) for item in lab.paces], description="How fast somebody guesses"
        )
        self.clock = column(
            Part(html=fill(f"{FOLDER}/clock.html")), self.secret, self.pace, self.time, Part(html=self._table())
        )
        self.clock.layout.display = "none"
        self.look.on_click(lambda _: self._tell_order())
        for field in (self.secret, self.pace):
            field.observe(lambda _: self._tell_time(), "value")

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        head = Part(html=fill(f"{FOLDER}/rank.html"))
        return column(head, *self.places.values(), self.look, self.order, self.clock)

    def _tell_order(self) -> None:
        given = {name: field.value for name, field in self.places.items() if field.value}
        self.order.html = fill(f"{FOLDER}/order.html", places=placed(self.lab, given))
        self.clock.layout.display = None
        self._tell_time()

    def _tell_time(self) -> None:
        secret, pace = self.secret.value, self.pace.value
        self.time.html = fill(f"{FOLDER}/time.html", secret=secret, pace=pace, time=time_of(self.lab, secret, pace))

    def _table(self) -> str:
        return fill(f"{FOLDER}/table.html", lines=clock_table(self.lab), paces=self.lab.paces)


class Factors:
    """Third tab: let an attack meet a second factor."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.factor = _choice("The account asks for", [(item.name, item.id) for item in lab.duel.factors])
        self.attack = _choice("What happens", [(item.name, item.id) for item in lab.duel.attacks])
        self.spare = ipywidgets.Checkbox(
            value=False, description="Backup codes or a second key lie somewhere else", indent=False
        )
        self.spare.add_class("choice-card")
        self.outcome, self.table = Live(), Part()
        for field in (self.factor, self.attack, self.spare):
            field.observe(lambda _: self._show(), "value")
        self._show()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        head = Part(html=fill(f"{FOLDER}/duel.html"))
        return column(head, self.factor, self.attack, self.spare, self.outcome, self.table)

    def _show(self) -> None:
        spare = self.spare.value
        meeting = meet(self.lab.duel, self.factor.value, self.attack.value, spare=spare)
        words = self.lab.results
        self.outcome.html = fill(f"{FOLDER}/meeting.html", meeting=meeting, words=words)
        self.table.html = fill(f"{FOLDER}/scores.html", scores=scores(self.lab, spare=spare), words=words, spare=spare)


def _choice(label: str, options: list[tuple[str, Any]]) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(options=options, value=options[0][1], description=label)


def show() -> None:
    """Display the screen."""
    lab = data.load()
    tabs = ipywidgets.Tab(
        [Dice(data.word_list()).widget(), Clock(lab).widget(), Factors(lab).widget()],
        titles=("Roll words", "Crack clock", "Second factors"),
    )
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("dice-lab")))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
