"""Rules of the who-sees-what board: who sees what of one visit to a website, and who can connect its two ends.

Pure: values in, values out. The rules follow the picture of the Tor Project (support page "HTTPS"): HTTPS hides the
content from everybody between the person and the site, a VPN and Tor hide where a connection leads from those before
them and where it comes from from those behind them. The first Tor relay is not on the board: it knows the person's
address, but not the site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = [
    "FACTS",
    "OBSERVERS",
    "PROTOCOLS",
    "ROUTES",
    "TRACES",
    "Board",
    "Fact",
    "Observer",
    "Protocol",
    "Route",
    "Row",
    "SetUp",
    "Trace",
    "Way",
    "connects",
    "hidden",
    "sees",
]

Protocol = Literal["http", "https"]
Route = Literal["direct", "vpn", "tor"]
Observer = Literal["wifi", "operator", "vpn", "exit", "networks", "website"]
Fact = Literal[
    "address", "site", "content", "account", "traffic", "uses-vpn", "uses-tor", "vpn-address", "exit-address"
]
"""What can be known of a visit; ``address`` is the person's own, ``traffic`` is when and how much."""
Trace = Literal["content", "numbers", "when", "amount", "place", "service", "depends"]
"""What can be known of a call or a message."""

PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)
ROUTES: tuple[Route, ...] = get_args(Route)
OBSERVERS: tuple[Observer, ...] = get_args(Observer)
"""In the order in which the connection passes them."""
FACTS: tuple[Fact, ...] = get_args(Fact)
TRACES: tuple[Trace, ...] = get_args(Trace)


@dataclass(frozen=True, slots=True)
class SetUp:
    """How somebody opens a website."""

    protocol: Protocol
    route: Route
    signed_in: bool
    """Whether she tells the site who she is."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one observer learns of a call or a chat."""

    who: str
    sees: tuple[Trace, ...]
    note: str
    """One or two sentences beside it."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to talk with somebody."""

    id: str
    text: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The words of the board in one language."""

    observers: Mapping[Observer, str]
    facts: Mapping[Fact, str]
    traces: Mapping[Trace, str]
    ways: tuple[Way, ...]


def sees(set_up: SetUp) -> dict[Observer, frozenset[Fact]]:
    """Return what each observer on the way sees, in the order of the way; who is not on it is left out."""
    seen: dict[Observer, set[Fact]] = {"wifi": _before(set_up), "operator": _before(set_up)}
    if set_up.route == "vpn":
        seen["vpn"] = {"address", "site"}
    if set_up.route == "tor":
        seen["exit"] = {"site"}
    seen["networks"] = {"site", "address"} if set_up.route == "direct" else {"site"}
    seen["website"] = {"site", "content", _origin(set_up.route)}
    return {observer: frozenset(_with_content(facts, set_up)) for observer, facts in seen.items()}


def connects(set_up: SetUp) -> tuple[Observer, ...]:
    """Return who can connect the person with the site: who sees the site, and her address or her account."""
    return tuple(
        observer for observer, facts in sees(set_up).items() if "site" in facts and facts & {"address", "account"}
    )


def hidden(set_up: SetUp, facts: frozenset[Fact]) -> tuple[Fact, ...]:
    """Return which of the facts that matter most an observer with these facts does not see."""
    matter: tuple[Fact, ...] = ("address", "site", "content", *(("account",) if set_up.signed_in else ()))
    return tuple(fact for fact in matter if fact not in facts)


def _before(set_up: SetUp) -> set[Fact]:
    """Return what those see who stand before a VPN or Tor, or before the open net."""
    match set_up.route:
        case "direct":
            return {"address", "site"}
        case "vpn":
            return {"address", "uses-vpn"}
        case "tor":
            return {"address", "uses-tor"}


def _origin(route: Route) -> Fact:
    """Return where the connection comes from in the eyes of the website."""
    origins: dict[Route, Fact] = {"direct": "address", "vpn": "vpn-address", "tor": "exit-address"}
    return origins[route]


def _with_content(facts: set[Fact], set_up: SetUp) -> set[Fact]:
    """Add the traffic; the content for those who see the site of plain HTTP; the account for those who see content."""
    more: set[Fact] = {*facts, "traffic"}
    if set_up.protocol == "http" and "site" in facts:
        more.add("content")
    if set_up.signed_in and "content" in more:
        more.add("account")
    return more
