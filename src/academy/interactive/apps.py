"""Which interactive pages there are, who may open each, and the links that lead back out of them.

The API decides what a person may really see and change; this table only refuses early and politely.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import parse_qsl

from academy.errors import BadInput, NotAllowed, NotFound
from academy.languages.phrases import Phrase, phrase

__all__ = ["APPS", "App", "Links", "academy_path", "admit", "app_of", "links", "query_of"]

TAKE = "custom:academy:take"
FACILITATE = "custom:academy:facilitate"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class App:
    """One interactive page: a launcher notebook in ``voila_apps/``."""

    name: str
    """Name of the launcher without ``.ipynb``; also the last part of the address."""
    title: str
    scopes: frozenset[str]
    """Any one of these Hub scopes opens it."""
    asks: tuple[str, ...]
    """Names of the query parameters that it cannot work without."""
    plain: str
    """Path of the plain page with the same content, below the academy service."""

    @property
    def speaks(self) -> bool:
        """Whether it is in the reader's language, as its title is; else it is in English."""
        return isinstance(self.title, Phrase)


APPS = {
    "threat-budget": App(
        name="threat-budget",
        title=phrase("Threats and a small budget"),
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "dice-lab": App(
        name="dice-lab",
        title="Dice, guessing and second factors",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "mail-inspector": App(
        name="mail-inspector",
        title="Six messages and four addresses",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "first-hour": App(
        name="first-hour",
        title="The first hour",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "who-sees-what": App(
        name="who-sees-what",
        title="Who sees what?",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "silent-log": App(
        name="silent-log",
        title="The silent log",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "photo-lab": App(
        name="photo-lab",
        title="What a photo remembers",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "file-lab": App(
        name="file-lab",
        title="What files and records tell",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "phone-lab": App(
        name="phone-lab",
        title="A phone that is shared",
        scopes=frozenset({TAKE, FACILITATE}),
        asks=(),
        plain="/c/{cohort}/lessons/{module}/{lesson}",
    ),
    "assessment": App(
        name="assessment",
        title=phrase("Assessment"),
        scopes=frozenset({TAKE, FACILITATE}),
        asks=("cohort", "assessment"),
        plain="/c/{cohort}/assessments/{assessment}",
    ),
    "attendance": App(
        name="attendance",
        title=phrase("Register"),
        scopes=frozenset({FACILITATE}),
        asks=("cohort", "session"),
        plain="/c/{cohort}/sessions/{session}/register",
    ),
}


@dataclass(frozen=True, slots=True)
class Links:
    """Where the frame of a page leads; all paths are absolute on this site."""

    start: str
    """The academy's start page."""
    course: str
    """The cohort's page, or the start page when the address names no cohort."""
    plain: str
    """The plain page with the same content."""
    help: str
    away: str
    """A neutral page, for leaving quickly."""


def academy_path(environ: Mapping[str, str]) -> str:
    """Return the path of the academy service on this site, without a slash at its end."""
    return (environ.get("JUPYTERHUB_BASE_URL") or "/").rstrip("/") + "/services/academy"


def app_of(path: str) -> App:
    """Return the app behind a render path such as ``threat-budget.ipynb``. Raises ``NotFound``."""
    app = APPS.get(path.removesuffix(".ipynb"))
    if app is None or not path.endswith(".ipynb"):
        raise NotFound
    return app


def query_of(text: str) -> dict[str, str]:
    """Read a query string into slugs. Raises ``BadInput`` that names the first parameter at fault."""
    query = dict(parse_qsl(text, keep_blank_values=True))
    for name, value in query.items():
        if not SLUG.fullmatch(value):
            message = phrase("This address is not complete. Open the page again from your course.")
            raise BadInput(message, code="bad-address", field=name)
    return query


def admit(app: App, query: Mapping[str, str], scopes: AbstractSet[str]) -> None:
    """Let a person with these Hub scopes in. Raises ``NotAllowed``, or ``BadInput`` for a missing parameter."""
    if not app.scopes & set(scopes):
        raise NotAllowed
    for name in app.asks:
        if name not in query:
            message = phrase("This address is not complete. Open the page again from your course.")
            raise BadInput(message, code="bad-address", field=name)


def links(app: App, query: Mapping[str, str], base: str) -> Links:
    """Return the links of a page. ``base`` is the path of the academy service, without a slash at its end."""
    course = f"{base}/c/{query['cohort']}" if "cohort" in query else f"{base}/"
    try:
        plain = base + app.plain.format_map(query)
    except KeyError:
        plain = course
    return Links(start=f"{base}/", course=course, plain=plain, help=f"{base}/help", away=f"{base}/away")
