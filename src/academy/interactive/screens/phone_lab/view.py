"""The screen of the shared-phone planner. There is no score; nothing is typed and nothing is stored."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets
from IPython.display import display

from academy.interactive.phones import data
from academy.interactive.phones.model import MOST, Story, plan
from academy.interactive.screens.guesses import choice
from academy.interactive.screens.phone_lab.model import Play
from academy.interactive.widgets import Live, Part, button, column, fill, here

__all__ = ["show"]

FOLDER = "phone_lab"


class Planner:
    """Choose a home, choose arrangements, see what they mean there."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.play = Play(home=story.homes[0].id)
        self.homes = ipywidgets.RadioButtons(
            options=[(home.name, home.id) for home in story.homes], value=self.play.home, description="Choose a home"
        )
        self.fields = {one.id: choice(one.text) for one in story.arrangements}
        self.home, self.count, self.outcome = Live(), Live(), Live()
        self.count.add_class("sticky")
        self.look = button("See what could follow")
        self.again = button("Put all back", kind="secondary")
        self._wire()
        self._draw()

    def widget(self) -> ipywidgets.Widget:
        """Return the planner."""
        return column(
            Part(html=fill(f"{FOLDER}/homes.html")),
            self.homes,
            self.home,
            Part(html=fill(f"{FOLDER}/task.html", most=MOST)),
            column(column(*self.fields.values(), css="cards"), self.count),
            column(self.look, self.again, css="actions"),
            self.outcome,
        )

    def _wire(self) -> None:
        self.homes.observe(lambda change: self._change(replace(self.play, home=change["new"])), "value")
        for name, field in self.fields.items():
            field.observe(lambda _, name=name: self._change(self.play.toggled(name)), "value")
        self.look.on_click(lambda _: self._change(replace(self.play, looked=True)))
        self.again.on_click(lambda _: self._put_back())

    def _change(self, play: Play) -> None:
        self.play = play
        self._draw()

    def _put_back(self) -> None:
        for field in self.fields.values():
            field.value = False

    def _draw(self) -> None:
        play = self.play
        self.look.disabled = bool(play.too_many) or not play.chosen
        self.home.html = fill(f"{FOLDER}/home.html", home=plan(self.story, play.home, ()).home)
        self.count.html = fill(f"{FOLDER}/count.html", play=play, most=MOST)
        self.outcome.html = self._outcome() if play.looked and play.chosen and not play.too_many else ""

    def _outcome(self) -> str:
        return fill(f"{FOLDER}/outcome.html", plan=plan(self.story, self.play.home, self.play.chosen))


def show() -> None:
    """Display the screen."""
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("phone-lab")))
    display(column(intro, Planner(data.load()).widget(), end))  # type: ignore[no-untyped-call]
