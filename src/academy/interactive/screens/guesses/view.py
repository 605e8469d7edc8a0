"""A list of cards to choose from, a button, and what is so. Nothing is counted and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

import ipywidgets

from academy.interactive.guesses import Card, guesses
from academy.interactive.widgets import Live, Part, button, column, fill

__all__ = ["Guesses", "choice"]


class Guesses:
    """One question with its cards. ``after`` is called when somebody looks."""

    def __init__(self, cards: Iterable[Card], *, ask: str, look: str, after: Callable[[], None] = lambda: None) -> None:
        self.cards = tuple(cards)
        self.fields = {card.id: choice(card.text) for card in self.cards}
        self.ask = Part(html=fill("guesses/ask.html", ask=ask))
        self.look = button(look)
        self.answer = Live()
        self.after = after
        self.look.on_click(lambda _: self._tell())

    def widget(self) -> ipywidgets.Widget:
        """Return the question, its cards, the button and the answer."""
        return column(self.ask, column(*self.fields.values(), css="cards"), self.look, self.answer)

    def _tell(self) -> None:
        chosen = [name for name, field in self.fields.items() if field.value]
        self.answer.html = fill("guesses/answer.html", guesses=guesses(self.cards, chosen))
        self.after()


def choice(text: str) -> ipywidgets.Checkbox:
    """Return a checkbox as a card."""
    field = ipywidgets.Checkbox(value=False, description=escape(text), tooltip=text, indent=False)
    field.add_class("choice-card")
    return field
