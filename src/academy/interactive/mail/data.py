"""The case of the mail inspector, read from ``mail.yml`` and ``messages/`` into the records of ``model``.

Unknown keys and names, doubled ids and unreadable mails are refused with the name of the file and the field.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic import Field

from academy.errors import ContentError
from academy.interactive.mail.address import dissect
from academy.interactive.mail.model import VERDICTS, Case, Choice, Message, Puzzle, Truth
from academy.interactive.mail.parsing import Mail, parse
from academy.interactive.stories import Part, Words, check_unique, parsed, words_in

__all__ = ["FILE", "load", "read", "source"]

FILE = "mail.yml"
"""Name of the data file, in this package."""

_HERE = files("academy.interactive.mail")


class _Verdicts(Part):
    safe: Words
    unsure: Words
    dangerous: Words


class _BothVerdicts(Part):
    dangerous: _Verdicts
    genuine: _Verdicts


class _Choice(Part):
    id: str
    text: Words
    dangerous: Words
    genuine: Words


class _Message(Part):
    id: str
    file: str | None = None
    title: Words
    shown: Words | None = None
    words: list[Words] = Field(default_factory=list)
    about: Words
    truth: Truth
    answer: Words
    fitting: list[str]
    reasons: dict[str, Words] = Field(default_factory=dict)
    best: list[str]
    actions: dict[str, Words] = Field(default_factory=dict)


class _Puzzle(Part):
    id: str
    address: str
    owned: bool
    why: Words


class _File(Part):
    server: str
    domain: str
    verdicts: _BothVerdicts
    reasons: list[_Choice]
    actions: list[_Choice]
    messages: list[_Message]
    puzzles: list[_Puzzle]


@cache
def load(language: str = "en") -> Case:
    """Return the case in a language; where a translation is missing, the English words stand in."""
    return read(_HERE.joinpath(FILE).read_text(encoding="utf-8"), language)


def read(text: str, language: str = "en") -> Case:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    data = parsed(_File, text, FILE)
    _check_names(data)
    return _case(data, language)


def source(file: str, language: str = "en") -> bytes:
    """Return a mail's source in a language, or in English where it has not been translated."""
    own = _HERE.joinpath("messages", language, file)
    english = _HERE.joinpath("messages", "en", file)
    return own.read_bytes() if own.is_file() else english.read_bytes()


def _check_names(data: _File) -> None:
    for field in ("reasons", "actions", "messages", "puzzles"):
        names = [part.id for part in getattr(data, field)]
        check_unique(FILE, field, names)
    reasons, actions = ({choice.id for choice in choices} for choices in (data.reasons, data.actions))
    for message in data.messages:
        field = f"messages.{message.id}"
        named = ({*message.fitting, *message.reasons} - reasons) | ({*message.best, *message.actions} - actions)
        if named:
            raise ContentError(FILE, f"there is no reason or action {min(named)}.", field=field)
        if (message.file is None) == (message.shown is None or not message.words):
            raise ContentError(FILE, "a message has a file, or a sender and words of its own.", field=field)


def _case(data: _File, language: str) -> Case:
    def say(words: Words | None) -> str:
        return words_in(words or {}, language)

    def say_all(named: dict[str, Words]) -> dict[str, str]:
        return {name: say(words) for name, words in named.items()}

    def choices(listed: list[_Choice]) -> tuple[Choice, ...]:
        return tuple(Choice(item.id, say(item.text), say(item.dangerous), say(item.genuine)) for item in listed)

    def message(item: _Message) -> Message:
        mail: Mail | None = parse(source(item.file, language), item.file) if item.file else None
        return Message(
            id=item.id,
            title=say(item.title),
            shown=mail.name if mail else say(item.shown),
            mail=mail,
            words=mail.paragraphs if mail else tuple(map(say, item.words)),
            about=say(item.about),
            truth=item.truth,
            answer=say(item.answer),
            reasons=say_all(item.reasons),
            fitting=frozenset(item.fitting),
            actions=say_all(item.actions),
            best=frozenset(item.best),
        )

    return Case(
        server=data.server,
        domain=data.domain,
        messages=tuple(map(message, data.messages)),
        verdicts={
            kind: {verdict: say(getattr(getattr(data.verdicts, kind), verdict)) for verdict in VERDICTS}
            for kind in ("dangerous", "genuine")
        },
        reasons=choices(data.reasons),
        actions=choices(data.actions),
        puzzles=tuple(Puzzle(item.id, dissect(item.address), item.owned, say(item.why)) for item in data.puzzles),
    )
