"""Everything that can go wrong, each in one sentence a person can act on.

Every error carries a stable ``code`` for programs and a message for people. Messages never hold a secret
or an answer. A message for people is a phrase: it is English here and said in the reader's language where it is shown.
"""

from __future__ import annotations

from typing import Any

from academy.languages.phrases import phrase

__all__ = [
    "AcademyError",
    "BadInput",
    "Closed",
    "ConfigError",
    "Conflict",
    "ContentError",
    "NotAllowed",
    "NotFound",
    "Unavailable",
]


class AcademyError(Exception):
    """Base of all errors that are shown to a person as one sentence."""

    status = 400

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross a process boundary whole: each subclass has its own signature, so it is rebuilt from its parts."""
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[AcademyError], args: tuple[Any, ...], parts: dict[str, Any]) -> AcademyError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(parts)
    return error


class BadInput(AcademyError):
    """A field of a form, an API body or an option has an unusable value; ``field`` names it."""


class Closed(AcademyError):
    """The thing exists, but its time is over or has not come: a deadline, a check-in, an expired code."""

    status = 409


class Conflict(AcademyError):
    """The request contradicts what is already recorded."""

    status = 409


class NotAllowed(AcademyError):
    """The person has no right to do this."""

    status = 403

    def __init__(self, message: str = phrase("This page is not open to you.")) -> None:
        super().__init__(message, code="not-allowed")


class NotFound(AcademyError):
    """There is no such thing, or none that this person may know of."""

    status = 404

    def __init__(self, message: str = phrase("There is no such page.")) -> None:
        super().__init__(message, code="not-found")


class ConfigError(AcademyError):
    """The configuration holds an unknown key or an unusable value."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message, code="bad-configuration")


class ContentError(AcademyError):
    """A content file is malformed; the message names the file and the field."""

    status = 500

    def __init__(self, file: str, message: str, *, field: str | None = None) -> None:
        where = f"{file}: {field}: " if field else f"{file}: "
        super().__init__(where + message, code="bad-content", field=field)
        self.file = file


class Unavailable(AcademyError):
    """A part of the academy is not running just now; nothing was lost."""

    status = 503

    def __init__(self, message: str) -> None:
        super().__init__(message, code="unavailable")
