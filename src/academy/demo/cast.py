"""Who the invented people are. Names, institutions and countries exist nowhere."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from academy.people.rules import new_code

__all__ = ["COHORT", "FACILITATORS", "Account", "cast", "read_accounts", "write_accounts"]

COHORT = "river-delta"
FACILITATORS = ("anika-tarin", "nura-hadel")
COORDINATOR = "ilse-marand"
OUTSIDER = "davit-osmel"

_PLACES = (
    "velunia", "samavira", "kestara", "dorrin", "ilwen", "kessar", "orlenne", "tamiste", "borvane",
    "lisaro", "mendara", "quellin", "ravessa", "sorvane", "tolmere", "uvenna", "wardis",
)  # fmt: skip
_NAMES = (
    "salma", "bela", "rasha", "tovi", "mirel", "adoma", "kenji", "leila", "noor", "petra", "samir", "yara", "dina",
    "emeka", "farah", "gita", "hanan",
)  # fmt: skip
_SECOND_NAMES = (
    "idrin", "korrin", "velas", "marou", "tesh", "obari", "sato", "qasim", "hale", "lund", "azad", "morn", "reyes",
    "eze", "kamal", "rao", "sabri",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """One line of ``demo-accounts.csv``."""

    username: str
    password: str
    role: str
    """participant, facilitator, coordinator or outsider."""
    institution: str
    """Invented; empty for people outside institutions."""


def _passphrase() -> str:
    return f"{new_code()}-{secrets.randbelow(1000):03d}"


def cast() -> list[Account]:
    """Return 34 participants from 17 institutions, two facilitators, a coordinator and an outsider."""
    people = [Account(COORDINATOR, _passphrase(), "coordinator", "")]
    people += [Account(name, _passphrase(), "facilitator", "") for name in FACILITATORS]
    for place, first, second in zip(_PLACES, _NAMES, _SECOND_NAMES, strict=True):
        institution = f"{place.capitalize()} Commission for Human Rights"
        people.append(Account(f"{first}-{place}", _passphrase(), "participant", institution))
        people.append(Account(f"{second}-{place}", _passphrase(), "participant", institution))
    people.append(Account(OUTSIDER, _passphrase(), "outsider", ""))
    return people


def write_accounts(file: Path, accounts: Iterable[Account]) -> None:
    """Write the accounts where only the owner of the installation can read them."""
    file.touch(mode=0o600)
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(field.name for field in fields(Account))
        writer.writerows(astuple(account) for account in accounts)


def read_accounts(file: Path) -> list[Account]:
    """Read the accounts back."""
    with file.open(newline="", encoding="utf-8") as stream:
        return [Account(**row) for row in csv.DictReader(stream)]
