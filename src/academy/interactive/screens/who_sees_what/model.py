"""What the who-sees-what board shows, worked out from the rules of ``academy.interactive.channels``; no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from academy.interactive.channels.model import FACTS, Board, Protocol, Route, SetUp, connects, hidden, sees

__all__ = ["PROTOCOLS", "ROUTES", "SIGNED_IN", "ObserverRow", "View", "view"]

PROTOCOLS: dict[Protocol, str] = {"https": "https (encrypted)", "http": "http (not encrypted)"}
ROUTES: dict[Route, str] = {"direct": "Direct", "vpn": "Through a VPN", "tor": "Through Tor"}
SIGNED_IN: dict[bool, str] = {False: "does not sign in", True: "signs in with her name"}


@dataclass(frozen=True, slots=True)
class ObserverRow:
    """One observer, as the list shows it."""

    name: str
    sees: tuple[str, ...]
    """What she sees, in words."""
    hidden: tuple[str, ...]
    """What matters and stays hidden from her, in words."""


@dataclass(frozen=True, slots=True)
class View:
    """All that the board shows for one set-up."""

    set_up: SetUp
    observers: tuple[ObserverRow, ...]
    """In the order in which the connection passes them."""
    connecting: tuple[str, ...]
    """Names of those who can connect the person with the site."""


def view(board: Board, set_up: SetUp) -> View:
    """Put the facts of the rules into words."""
    return View(
        set_up=set_up,
        observers=tuple(
            ObserverRow(
                board.observers[observer],
                tuple(board.facts[fact] for fact in FACTS if fact in facts),
                tuple(board.facts[fact] for fact in hidden(set_up, facts)),
            )
            for observer, facts in sees(set_up).items()
        ),
        connecting=tuple(board.observers[observer] for observer in connects(set_up)),
    )
