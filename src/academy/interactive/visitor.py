"""Who opens a page, carried from the request to the kernel that is started for it.

Voilà starts a kernel in the same task in which it calls the prelaunch hook, so a context variable set in the hook is
read by ``start_kernel`` and by nobody else.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any

from tornado.web import HTTPError

from academy.choices import SETTINGS, Choices, cookie_name
from academy.errors import AcademyError
from academy.interactive.apps import App, academy_path, admit, app_of, links, query_of
from academy.languages.catalogues import ENGLISH, LANGUAGES, direction, translated
from academy.languages.choosing import COOKIE, chosen
from academy.languages.phrases import phrase

__all__ = ["VISITOR", "Visitor", "prelaunch"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person for whom a kernel is started."""

    username: str
    token: str = field(repr=False)
    """Her own OAuth token; the only secret that her kernel gets."""
    language: str = "en"
    """The language of the page."""


VISITOR: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
"""The person of the request being answered."""


def prelaunch(handler: Any, notebook: Any, cwd: str) -> Any:  # noqa: ARG001 - Voilà fixes the signature
    """Refuse those who have no place here, and note who the kernel will belong to. Raises ``HTTPError``."""
    user = handler.current_user
    if user is None:
        raise HTTPError(403)
    try:
        app = app_of(handler.path_args[0])
        query = query_of(handler.request.query)
        admit(app, query, set(user.hub_user["scopes"]))
    except AcademyError as error:
        raise HTTPError(error.status, reason=_one_line(error.message)) from error
    token = handler.identity_provider.hub_auth.get_token(handler)
    language = chosen(handler.get_cookie(COOKIE), handler.request.headers.get("Accept-Language"), ENGLISH)
    VISITOR.set(Visitor(username=user.username, token=token, language=language))
    _ = handler.xsrf_token  # reading it sets the cookie that the page needs for its own calls
    notebook.metadata["title"] = translated(app.title, language)
    way = asdict(links(app, query, academy_path(os.environ)))
    notebook.metadata["academy"] = way | _words(app, language) | _names(handler, notebook.metadata["title"], language)
    return notebook


def _words(app: App, language: str) -> dict[str, str]:
    """Return what the page's frame needs to know about languages: its own, and the one that the app is in."""
    spoken = language if app.speaks else ENGLISH
    missing = phrase("This page is not yet in %(language)s. You are using it in English.", language=LANGUAGES[language])
    return {
        "language": language,
        "direction": direction(language),
        "spoken": spoken,
        "spoken_direction": direction(spoken),
        "notice": "" if spoken == language else translated(missing, language),
    }


def _names(handler: Any, title: str, language: str) -> dict[str, str]:
    """Return what stands in the browser's tab and at the top of the page: where that was chosen, nothing telling."""
    choices = Choices.from_cookies({cookie_name(name): handler.get_cookie(cookie_name(name)) for name in SETTINGS})
    notes = translated(phrase("Notes"), language)
    if choices.discreet:
        return {"tab": notes, "site": notes}
    return {"tab": title, "site": translated(phrase("Academy"), language)}


def _one_line(message: str) -> str:
    """Return ``message`` as it may stand in an HTTP status line."""
    return " ".join(message.encode("ascii", "replace").decode("ascii").split())
