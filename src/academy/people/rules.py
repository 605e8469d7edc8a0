"""Pure rules about codes, names and places."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from academy.errors import BadInput, Closed
from academy.languages.phrases import phrase
from academy.people.model import Invitation, Member, Role

__all__ = [
    "USERNAME",
    "check_invitation",
    "check_name",
    "check_slug",
    "check_username",
    "find_member",
    "groups_of",
    "hash_code",
    "new_code",
    "normalise_code",
    "readable_code",
    "slug_from",
]

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else when read aloud
CODE_GROUPS = 4
GROUP_LENGTH = 4  # 16 letters of 31: 79 bits, beyond guessing
USERNAME = re.compile(r"[a-z0-9][a-z0-9-]{2,30}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 40
FACILITATORS = "-facilitators"
GROUPS = frozenset(f"{role}s" for role in Role)
"""Names of the Hub's groups: a cohort of such a name would give its participants other people's rights there."""
CONTROL = ("Cc", "Cf", "Cs", "Co", "Cn")
ALLOWED_FORMAT = "\u200c\u200d"  # joiners that Persian, Bengali, Sinhala and others need inside words


def new_code() -> str:
    """Return a fresh invitation code such as ``abcd-efgh-jkmn-pqrs``."""
    return readable_code(CODE_GROUPS)


def readable_code(groups: int) -> str:
    """Return random groups of four signs joined by dashes, easy to read aloud; each group holds 19 bits."""
    words = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(groups))
    return "-".join(words)


def normalise_code(typed: str) -> str:
    """Return what a person meant: case, spaces and dashes do not matter, digits of any script count."""
    folded = unicodedata.normalize("NFKC", typed).casefold()
    digits = (str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in folded)
    return "".join(sign for sign in digits if sign.isalnum())


def hash_code(typed: str) -> str:
    """Return the SHA-256 under which a code is kept: 79 random bits need no slow hash."""
    return hashlib.sha256(normalise_code(typed).encode()).hexdigest()


def check_invitation(invitation: Invitation | None, now: datetime) -> Invitation:
    """Return the invitation if it may be used now. Raises ``BadInput`` or ``Closed`` with one sentence."""
    if invitation is None:
        message = phrase("This invitation code is not known. Check it letter by letter, or ask for a new one.")
        raise BadInput(message, code="unknown-invitation", field="code")
    if invitation.expires_at <= now:
        message = phrase("This invitation has expired. Ask the person who gave it to you for a new one.")
        raise Closed(message, code="invitation-expired", field="code")
    if invitation.used >= invitation.seats:
        message = phrase("All places of this invitation are taken. Ask the person who gave it to you for a new one.")
        raise Closed(message, code="invitation-full", field="code")
    return invitation


def check_username(username: str) -> str:
    """Return a usable user name. Raises ``BadInput``."""
    if not USERNAME.fullmatch(username):
        message = phrase(
            "Choose a user name of 3 to 31 small letters a-z, digits and dashes. It need not be your name."
        )
        raise BadInput(message, code="bad-username", field="username")
    return username


def check_name(name: str, *, field: str = "display_name") -> str:
    """Return a name in any script, without invisible signs. Raises ``BadInput`` that names ``field``."""
    if any(unicodedata.category(sign) in CONTROL and sign not in ALLOWED_FORMAT for sign in name):
        message = phrase("The name holds a sign that cannot be seen. Type it again.")
        raise BadInput(message, code="bad-name", field=field)
    return unicodedata.normalize("NFC", name)


def check_slug(slug: str) -> str:
    """Return a usable short name for addresses and folders. Raises ``BadInput``."""
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        message = phrase("The short name may hold small letters a-z, digits and single dashes, 40 signs at most.")
        raise BadInput(message, code="bad-slug", field="slug")
    if slug in GROUPS or slug.endswith(FACILITATORS):
        message = phrase("The academy uses the short name %(slug)s itself. Choose another one.", slug=slug)
        raise BadInput(message, code="reserved-slug", field="slug")
    return slug


def slug_from(title: str) -> str:
    """Return a short name made from a title; empty where nothing of it is Latin."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_SLUG].strip("-")


def groups_of(places: Iterable[tuple[Role, str | None]]) -> list[str]:
    """Return the Hub groups that mirror a person's places, sorted.

    A participant is in ``participants`` and in the group named like the cohort; a facilitator in ``facilitators``
    and ``<cohort>-facilitators``; a coordinator in ``coordinators``.
    """
    groups: set[str] = set()
    for role, cohort in places:
        groups.add(f"{role}s")
        if role is Role.PARTICIPANT:
            groups.add(str(cohort))
        elif role is Role.FACILITATOR:
            groups.add(f"{cohort}{FACILITATORS}")
    return sorted(groups)


def find_member(members: Iterable[Member], person: str) -> Member:
    """Return the member with this id. Raises ``BadInput``: outsiders cannot be marked, extended or reset."""
    for member in members:
        if member.person == person:
            return member
    message = phrase("This person is not in the cohort.")
    raise BadInput(message, code="not-a-member", field="person")
