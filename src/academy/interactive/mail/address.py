"""Web addresses taken apart: where one really leads, whatever it shows. Pure; nothing is looked up.

In this course owners register names of the form ``something.example``. That is a teaching rule: in the world outside,
some endings have more parts (``something.org.np``).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from academy.errors import BadInput

__all__ = ["Address", "dissect", "registered"]


@dataclass(frozen=True, slots=True)
class Address:
    """One web address in its parts."""

    text: str
    """The address as it is shown."""
    scheme: str
    """What stands before the colon, such as ``https``."""
    user: str
    """What stands before an @, or empty: a user name that the other side is told, never a place."""
    shown: str
    """The host as it looks on a screen."""
    host: str
    """The host that a computer asks for: letters of other scripts are written with ``xn--``."""
    path: str
    """What follows the host: which page, or empty."""

    @property
    def registered(self) -> str:
        """The name that somebody owns; a number stands for itself."""
        return registered(self.host)

    @property
    def left(self) -> str:
        """What the owner put in front of her name, or empty."""
        return self.host.removesuffix(self.registered).rstrip(".")

    @property
    def is_number(self) -> bool:
        """Whether it leads to a machine by its number, without any name."""
        return _is_number(self.host)

    @property
    def foreign(self) -> tuple[str, ...]:
        """Letters of the host that are not those of English, in their order."""
        return tuple(letter for letter in self.shown if not letter.isascii())


def dissect(text: str) -> Address:
    """Take an address apart. Raises ``BadInput`` for what is no web address."""
    try:
        parts = urlsplit(text)
        shown = parts.hostname or ""
        host = shown.encode("idna").decode("ascii")
    except ValueError as error:  # UnicodeError is one
        raise _not_an_address(text) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise _not_an_address(text)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Address(text, parts.scheme, parts.username or "", shown, host, path)


def registered(host: str) -> str:
    """Return the name that somebody owns: the last two parts of a host. A number is returned as it is."""
    return host if _is_number(host) else ".".join(host.split(".")[-2:])


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _not_an_address(text: str) -> BadInput:
    return BadInput(f"{text!r} is not a web address.", code="not-an-address", field="address")
