"""The screen of the who-sees-what board. Every result comes from ``model``; nothing is typed and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import ipywidgets
from IPython.display import display

from academy.interactive.channels import data
from academy.interactive.channels.model import Board, SetUp
from academy.interactive.screens.who_sees_what.model import PROTOCOLS, ROUTES, SIGNED_IN, View, view
from academy.interactive.widgets import Live, Part, button, column, fill, here

__all__ = ["Browsing", "Talking", "show"]

FOLDER = "who_sees_what"
T = TypeVar("T")


class Browsing:
    """First tab: switch, think, ask who can connect the two ends."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.protocol = ipywidgets.Dropdown(options=_options(PROTOCOLS), description="The address begins with")
        self.route = ipywidgets.Dropdown(options=_options(ROUTES), description="The way")
        self.signed_in = ipywidgets.Dropdown(options=_options(SIGNED_IN), description="On the site, Salma")
        self.ask = button("Who can connect Salma with this site?")
        self.state, self.list = Live(), Part()
        for switch in (self.protocol, self.route, self.signed_in):
            switch.observe(lambda _: self._draw(), "value")
        self.ask.on_click(lambda _: self._tell())
        self._draw()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        head = Part(html=fill(f"{FOLDER}/switches.html"))
        return column(head, self.protocol, self.route, self.signed_in, self.state, self.ask, self.list)

    def _view(self) -> View:
        return view(self.board, SetUp(self.protocol.value, self.route.value, self.signed_in.value))

    def _draw(self) -> None:
        """Show the new set-up, and leave the question open again."""
        shown = self._view()
        self.state.html = fill(f"{FOLDER}/state.html", view=shown, answer=None)
        self.list.html = fill(f"{FOLDER}/board.html", view=shown)

    def _tell(self) -> None:
        shown = self._view()
        self.state.html = fill(f"{FOLDER}/state.html", view=shown, answer=shown.connecting)


class Talking:
    """Second tab: what a call or a chat leaves behind."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.way = ipywidgets.Dropdown(
            options=[("Choose one", ""), *((way.text, way.id) for way in board.ways)],
            value="",
            description="Salma uses",
        )
        self.answer = Live()
        self.way.observe(lambda _: self._draw(), "value")

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        return column(Part(html=fill(f"{FOLDER}/ways.html")), self.way, self.answer)

    def _draw(self) -> None:
        chosen = next((way for way in self.board.ways if way.id == self.way.value), None)
        self.answer.html = fill(f"{FOLDER}/way.html", way=chosen, traces=self.board.traces) if chosen else ""


def _options(words: Mapping[T, str]) -> list[tuple[str, T]]:
    return [(text, value) for value, text in words.items()]


def show() -> None:
    """Display the screen."""
    board = data.load()
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    tabs = ipywidgets.Tab([Browsing(board).widget(), Talking(board).widget()], titles=("A website", "Calls and chats"))
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("who-sees-what")))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
