"""What the mail inspector shows, worked out from the rules of ``academy.interactive.mail``; no widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from academy.interactive.mail.model import Case, Judgement, Message, judge, message_of

__all__ = ["LAYERS", "TRUTH_WORDS", "VERDICT_WORDS", "Given", "Play", "Row", "after", "judgement", "rows"]

LAYERS = {
    "sender": "Sender",
    "reply": "Reply address",
    "envelope": "Envelope",
    "checks": "Checks",
    "path": "Path",
    "links": "Where links go",
}
"""The layers that can be opened, in the order of the page."""

VERDICT_WORDS = {"safe": "Safe", "unsure": "Not sure", "dangerous": "Dangerous"}
TRUTH_WORDS = {
    "phishing": "Dangerous: phishing",
    "look-alike": "Dangerous: a look-alike name",
    "hijacked": "Dangerous: a hijacked account",
    "genuine": "Genuine",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody said about one message; empty where she has not chosen yet."""

    verdict: str = ""
    reason: str = ""
    action: str = ""

    @property
    def missing(self) -> int:
        """How many of the three are still to be chosen."""
        return [self.verdict, self.reason, self.action].count("")


@dataclass(frozen=True, slots=True)
class Play:
    """Where a person stands: the message before her, and what she settled on before."""

    message: str
    """Id of the message that is shown."""
    opened: frozenset[str] = frozenset()
    """Layers of this message that are open."""
    settled: Mapping[str, Given] = field(default_factory=dict)
    """Verdicts by message."""

    def turned(self, message: str) -> Play:
        """Look at another message, with all its layers closed."""
        return self if message == self.message else replace(self, message=message, opened=frozenset())

    def toggled(self, layer: str) -> Play:
        """Open a layer, or close it."""
        return replace(self, opened=self.opened ^ {layer})

    def settle(self, given: Given) -> Play:
        """Keep a verdict on the message that is shown. One that is not complete changes nothing."""
        if given.missing:
            return self
        return replace(self, settled={**self.settled, self.message: given})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the overview of all messages."""

    message: Message
    given: Given | None
    """What was settled on; None while the message is untouched."""
    contradictions: int | None
    """Layers that contradict what is shown; None where there are no layers."""


def judgement(case: Case, play: Play) -> Judgement | None:
    """Return what to say about the message that is shown, or None before the verdict."""
    given = play.settled.get(play.message)
    return judge(case, play.message, given.verdict, given.reason, given.action) if given else None


def after(case: Case, name: str) -> str:
    """Return the id of the message after this one; after the last comes the first. Raises ``BadInput``."""
    messages = case.messages
    return messages[(messages.index(message_of(case, name)) + 1) % len(messages)].id


def rows(case: Case, play: Play) -> tuple[Row, ...] | None:
    """Return the overview once there is a verdict on every message, else None."""
    if set(play.settled) != {message.id for message in case.messages}:
        return None
    return tuple(
        Row(
            message,
            play.settled.get(message.id),
            len(message.mail.disagreements(case.server)) if message.mail else None,
        )
        for message in case.messages
    )
