"""A mail's source, as a server stores it, to a record of what stands in its layers. Nothing is looked up or opened.

The layers follow RFC 5322 (From, Reply-To, Return-Path, Received) and RFC 8601 (Authentication-Results).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

from academy.errors import BadInput, ContentError
from academy.interactive.mail.address import Address, dissect, registered

__all__ = ["METHODS", "Check", "Hop", "Link", "Mail", "Results", "parse"]

METHODS = ("spf", "dkim", "dmarc")
"""The three checks that a receiving server may report."""

_CHECK = re.compile(r"(spf|dkim|dmarc)=(\w+)(?:\s+[\w.-]+=(?:[^\s@;]*@)?([^\s;]+))?", re.ASCII)
_HOP = re.compile(r"from (\S+) \(\S+ \[([\d.]+)\]\) by (\S+) .*; (.+)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one server."""

    method: str
    """``spf``, ``dkim`` or ``dmarc``."""
    result: str
    """Such as ``pass``, ``fail`` or ``none``."""
    domain: str
    """The domain it was made for, or empty."""


@dataclass(frozen=True, slots=True)
class Results:
    """One line of Authentication-Results."""

    server: str
    """The name that stands first: who says that it made the checks."""
    checks: tuple[Check, ...]

    def of(self, method: str) -> Check:
        """Return a check; one that is not reported has the result ``none``."""
        return next((check for check in self.checks if check.method == method), Check(method, "none", ""))


@dataclass(frozen=True, slots=True)
class Hop:
    """One handing over on the way, from one line of Received."""

    sender: str
    number: str
    """The sender's IP address."""
    receiver: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a mail."""

    text: str
    """What can be seen."""
    address: Address
    """Where it leads."""

    @property
    def lies(self) -> bool:
        """Whether the visible text is an address of another owner than the target."""
        try:
            seen = dissect(self.text)
        except BadInput:
            return False
        return seen.registered != self.address.registered


@dataclass(frozen=True, slots=True)
class Mail:
    """What the layers of one mail say."""

    name: str
    """The sender's name, as a phone shows it."""
    sender: str
    """Address in From."""
    reply_to: str
    """Address in Reply-To, or empty: then replies go to the sender."""
    envelope: str
    """Address in Return-Path: what the sending server gave as its own."""
    to: str
    subject: str
    sent: datetime
    """Time in Date, with the sender's time zone."""
    results: tuple[Results, ...]
    """Lines of Authentication-Results, in the order of the source."""
    hops: tuple[Hop, ...]
    """The way, first handing over first: the lowest Received is the oldest."""
    paragraphs: tuple[str, ...]
    links: tuple[Link, ...]

    def results_of(self, server: str) -> Results:
        """Return what one's own server found; lines of other servers do not count. Empty when it wrote none."""
        return next((found for found in self.results if found.server == server), Results(server, ()))

    def proved(self, server: str) -> tuple[Check, ...]:
        """Return the checks that one's own server reports as passed for the owner of From (RFC 7489, relaxed)."""
        shown = registered(domain(self.sender))
        checks = [self.results_of(server).of(method) for method in ("spf", "dkim")]
        return tuple(check for check in checks if check.result == "pass" and registered(check.domain) == shown)

    def disagreements(self, server: str) -> tuple[str, ...]:
        """Return the layers that contradict what is shown: any of ``reply``, ``envelope``, ``checks``, ``links``."""
        shown = registered(domain(self.sender))
        found = {
            "reply": bool(self.reply_to) and registered(domain(self.reply_to)) != shown,
            "envelope": registered(domain(self.envelope)) != shown,
            "checks": self.results_of(server).of("dmarc").result != "pass",
            "links": any(link.lies for link in self.links),
        }
        return tuple(layer for layer, contradicts in found.items() if contradicts)


def domain(address: str) -> str:
    """Return what stands after the @."""
    return address.rpartition("@")[2].lower()


def parse(source: bytes, name: str) -> Mail:
    """Read a mail's source; ``name`` is the file, for errors. Raises ``ContentError``."""
    message = message_from_bytes(source, policy=policy.default)
    try:
        return _read(message, name)
    except (BadInput, ValueError) as error:  # an address or a time
        raise ContentError(name, str(error)) from error


def _read(message: EmailMessage, name: str) -> Mail:
    paragraphs, links = _body(message, name)
    who, sender = _address(message, "From")
    return Mail(
        name=who,
        sender=_needed(sender, "From", name),
        reply_to=_address(message, "Reply-To")[1],
        envelope=_needed(_address(message, "Return-Path")[1], "Return-Path", name),
        to=_address(message, "To")[1],
        subject=str(message["Subject"] or ""),
        sent=parsedate_to_datetime(_needed(str(message["Date"] or ""), "Date", name)),
        results=tuple(_results(str(line)) for line in message.get_all("Authentication-Results", [])),
        hops=tuple(_hop(str(line), name) for line in reversed(message.get_all("Received", []))),
        paragraphs=paragraphs,
        links=links,
    )


def _address(message: EmailMessage, header: str) -> tuple[str, str]:
    return parseaddr(str(message[header] or ""))


def _needed(value: str, header: str, name: str) -> str:
    if not value:
        raise ContentError(name, "the header is missing", field=header)
    return value


def _results(line: str) -> Results:
    """Read ``server; method=result property=domain; …``."""
    server, _, rest = line.partition(";")
    return Results(server.strip(), tuple(Check(*found) for found in _CHECK.findall(rest)))


def _hop(line: str, name: str) -> Hop:
    found = _HOP.fullmatch(line.strip())
    if found is None:
        raise ContentError(name, "the line is not readable", field="Received")
    return Hop(found[1], found[2], found[3], parsedate_to_datetime(found[4]))


def _body(message: EmailMessage, name: str) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    body = message.get_body(("html", "plain"))
    if body is None:
        raise ContentError(name, "there is no text", field="body")
    text = body.get_content()
    if body.get_content_subtype() == "plain":
        return tuple(part.strip() for part in text.split("\n\n") if part.strip()), ()
    reader = _Reader()
    reader.feed(text)
    links = tuple(Link(" ".join(words.split()), dissect(target)) for target, words in reader.links)
    return tuple(" ".join(part.split()) for part in reader.paragraphs), links


class _Reader(HTMLParser):
    """Takes the words and the links out of a mail's HTML; everything else is dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self.paragraphs.append("")
        if tag == "a" and (target := dict(attrs).get("href")):
            self.links.append((target, ""))
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.paragraphs:
            self.paragraphs[-1] += data
        if self._inside:
            target, words = self.links[-1]
            self.links[-1] = (target, words + data)
