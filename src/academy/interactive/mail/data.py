"""The case of the mail inspector, read from ``mail.yml`` and ``messages/`` into the records of ``model``.

Unknown keys and names, doubled ids and unreadable mails are refused with the name of the file and the field.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from academy.errors import ContentError
from academy.interactive.mail.address import dissect
from academy.interactive.mail.model import VERDICTS, Case, Choice, Message, Puzzle, Truth
from academy.interactive.mail.parsing import Mail, parse

__all__ = ["FILE", "load", "read", "source"]

FILE = "mail.yml"
"""Name of the data file, in this package."""

_Words = Annotated[dict[str, str], Field(min_length=1)]
_HERE = files("academy.interactive.mail")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Verdicts(_Part):
    safe: _Words
    unsure: _Words
    dangerous: _Words


class _BothVerdicts(_Part):
    dangerous: _Verdicts
    genuine: _Verdicts


class _Choice(_Part):
    id: str
    text: _Words
    dangerous: _Words
    genuine: _Words


class _Message(_Part):
    id: str
    file: str | None = None
    title: _Words
    shown: _Words | None = None
    words: list[_Words] = []
    about: _Words
    truth: Truth
    answer: _Words
    fitting: list[str]
    reasons: dict[str, _Words] = {}
    best: list[str]
    actions: dict[str, _Words] = {}


class _Puzzle(_Part):
    id: str
    address: str
    owned: bool
    why: _Words


class _File(_Part):
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
    try:
        data = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ContentError(FILE, "This is not readable as YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(FILE, first["msg"], field=".".join(map(str, first["loc"]))) from error
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
        if twice := sorted(name for name in set(names) if names.count(name) > 1):
            raise ContentError(FILE, f"the id {twice[0]} stands twice.", field=field)
    reasons, actions = ({choice.id for choice in choices} for choices in (data.reasons, data.actions))
    for message in data.messages:
        field = f"messages.{message.id}"
        named = ({*message.fitting, *message.reasons} - reasons) | ({*message.best, *message.actions} - actions)
        if named:
            raise ContentError(FILE, f"there is no reason or action {min(named)}.", field=field)
        if (message.file is None) == (message.shown is None or not message.words):
            raise ContentError(FILE, "a message has a file, or a sender and words of its own.", field=field)


def _case(data: _File, language: str) -> Case:
    def say(words: _Words | None) -> str:
        return words.get(language, words.get("en", "")) if words else ""

    def say_all(named: dict[str, _Words]) -> dict[str, str]:
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
