"""Rules of the mail inspector: six messages with what is true of them, and what to say about a verdict on one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from academy.errors import BadInput
from academy.interactive.mail.address import Address
from academy.interactive.mail.parsing import Mail

__all__ = [
    "TRUTHS",
    "VERDICTS",
    "Case",
    "Choice",
    "Judgement",
    "Message",
    "Puzzle",
    "Truth",
    "Verdict",
    "judge",
    "message_of",
]

Truth = Literal["phishing", "look-alike", "hijacked", "genuine"]
"""What a message really is."""
TRUTHS: tuple[Truth, ...] = ("phishing", "look-alike", "hijacked", "genuine")
Verdict = Literal["safe", "unsure", "dangerous"]
"""What somebody takes it for."""
VERDICTS: tuple[Verdict, ...] = ("safe", "unsure", "dangerous")


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason or an action that can be chosen for any message."""

    id: str
    text: str
    dangerous: str
    """What to say about it at a dangerous message that has no words of its own for it."""
    genuine: str
    """The same at a genuine message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One of the six."""

    id: str
    """Short name such as ``A``."""
    title: str
    """Two to five words, for lists."""
    shown: str
    """The sender's name on the screen of a phone."""
    mail: Mail | None
    """What was parsed from its source; None for a chat message, which has no headers."""
    words: tuple[str, ...]
    """Paragraphs, as a phone shows them."""
    about: str
    """What RWN knows about the sender, in one or two sentences."""
    truth: Truth
    answer: str
    """What it really is and what shows it, in a few sentences."""
    reasons: Mapping[str, str]
    """What to say about reasons that mean something special here, by id."""
    fitting: frozenset[str]
    """Reasons that truly speak for the right verdict."""
    actions: Mapping[str, str]
    """What to say about actions that mean something special here, by id."""
    best: frozenset[str]
    """Actions that help."""

    @property
    def dangerous(self) -> bool:
        """Whether doing what it asks would hurt."""
        return self.truth != "genuine"


@dataclass(frozen=True, slots=True)
class Puzzle:
    """One address to take apart."""

    id: str
    """Short name such as ``L1``."""
    address: Address
    owned: bool
    """Whether the owner of the imitated name stands behind it."""
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """All of it in one language."""

    server: str
    """The group's own mail server: the only one whose checks count."""
    domain: str
    """The name that the addresses claim to belong to."""
    messages: tuple[Message, ...]
    verdicts: Mapping[str, Mapping[str, str]]
    """What to say about a verdict: by ``dangerous`` or ``genuine``, then by verdict."""
    reasons: tuple[Choice, ...]
    actions: tuple[Choice, ...]
    puzzles: tuple[Puzzle, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to say about one verdict with its reason and its action."""

    message: Message
    verdict: str
    """A sentence about the verdict."""
    reason: str
    reason_fits: bool
    action: str
    action_helps: bool


def message_of(case: Case, name: str) -> Message:
    """Return a message by its id. Raises ``BadInput``."""
    for message in case.messages:
        if message.id == name:
            return message
    raise _unknown(name, field="message")


def judge(case: Case, name: str, verdict: str, reason: str, action: str) -> Judgement:
    """Compare a verdict, its reason and its action with what is true. Raises ``BadInput`` for an unknown id."""
    message = message_of(case, name)
    if verdict not in VERDICTS:
        raise _unknown(verdict, field="verdict")
    return Judgement(
        message=message,
        verdict=case.verdicts["dangerous" if message.dangerous else "genuine"][verdict],
        reason=_words(case.reasons, reason, message.reasons, message, "reason"),
        reason_fits=reason in message.fitting,
        action=_words(case.actions, action, message.actions, message, "action"),
        action_helps=action in message.best,
    )


def _words(choices: tuple[Choice, ...], name: str, own: Mapping[str, str], message: Message, field: str) -> str:
    """Return the message's own words about a choice, or else those for all messages of its kind."""
    for choice in choices:
        if choice.id == name:
            return own.get(name) or (choice.dangerous if message.dangerous else choice.genuine)
    raise _unknown(name, field=field)


def _unknown(value: str, *, field: str) -> BadInput:
    return BadInput(f"There is no {field} {value!r}.", code=f"unknown-{field}", field=field)
