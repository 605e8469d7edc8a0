"""From an HTTP request to a route's function and back. The only file in which routes meet Tornado.

One request is one transaction: it opens before the right is checked and commits only when the function has returned.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from jupyterhub.services.auth import HubOAuthenticated, UserNotAllowed
from markupsafe import Markup
from tornado.web import HTTPError

from academy import clock
from academy.config import Config
from academy.errors import AcademyError, BadInput, NotAllowed, NotFound
from academy.languages.catalogues import translated
from academy.languages.choosing import COOKIE, chosen
from academy.languages.phrases import phrase
from academy.people import queries as people
from academy.rights import NOBODY, Actor, Right
from academy.routing import Download, Json, Page, Redirect, Request, Response, Route
from academy.store.database import Store
from academy.web.handlers import SafeHandler
from academy.web.headers import AN_HOUR, FORGET
from academy.web.languages import choosing_path, remember
from academy.web.masking import mask, unmask
from academy.web.remembering import came_from_here, choices_of, count_sending, end_session_here, remember_choices
from academy.web.static_files import static_path
from academy.web.templating import render
from academy.web.weights import weight

__all__ = ["Academy", "MissingHandler", "RouteHandler"]

LOG = logging.getLogger("academy.web")
HEADINGS = {403: phrase("This page is not open to you"), 404: phrase("There is no such page")}
FAILED = phrase("That did not work")
SAFE_METHODS = frozenset({"GET", "HEAD"})
TOKEN_HERE = secrets.token_hex(16)
"""Stands in a rendered page where the token of its forms belongs."""


@dataclass(frozen=True, slots=True)
class Academy:
    """What all handlers share."""

    config: Config
    store: Store
    executor: Executor
    """Threads in which transactions run, so that a slow disk does not stop the event loop."""
    hub_token: str
    """The Hub's secret for its own calls."""
    committed: Callable[[], None]
    """Called after each committed change: there may be a job to run."""


class _Base(HubOAuthenticated, SafeHandler):
    """What every answer has in common: headers, errors as one sentence, no leak of internals."""

    def initialize(self, academy: Academy, routes: Mapping[str, Route] | None = None) -> None:
        """Choose the route by the request's method; none where the address has no such method."""
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        self.academy = academy
        self.route = (routes or {}).get(method)
        self.actor = NOBODY
        self.username: str | None = None
        self.scopes: frozenset[str] = frozenset()
        self.account_language = ""
        self.choices = choices_of(self)
        self.version: str | None = None

    def check_xsrf_cookie(self) -> None:
        """Postponed to ``prepare``: who asks must be known first, and is asked without blocking the loop."""

    @property
    def is_api(self) -> bool:
        """Whether JSON is spoken here."""
        return self.route is not None and self.route.path.startswith("/api/")

    def answer_error(self, error: AcademyError) -> None:
        """Say what happened, in the language of the caller: a page or JSON."""
        if self.is_api:
            details = {"code": error.code, "message": error.message, "field": error.field}
            self.answer(Json({"error": details}, status=error.status))
            return
        heading = HEADINGS.get(error.status, FAILED)
        self.answer(Page("error.html", {"heading": heading, "message": error.message}, status=error.status))

    def answer(self, response: Response) -> None:
        """Send a route's response."""
        if isinstance(response, Redirect):
            if response.language:
                remember(self, response.language, f"{self.root}/")
            if response.choices:
                remember_choices(self, response.choices, f"{self.root}/")
            self.redirect(self.url(response.to), status=303)
        elif isinstance(response, Json):
            self.set_status(response.status)
            self.finish_with("application/json", json.dumps(self.said(response.data), ensure_ascii=False).encode())
        elif isinstance(response, Download):
            self.set_header("Content-Disposition", f'attachment; filename="{response.filename}"')
            self.finish_with(response.media_type, response.body)
        else:
            self.set_status(response.status)
            self.finish_with("text/html; charset=utf-8", self.page(response).encode())

    def finish_with(self, media_type: str, body: bytes) -> None:
        """Send bytes with their type."""
        self.set_header("Content-Type", media_type)
        self.finish(body)

    def page(self, page: Page) -> str:
        """Render a page."""
        names: dict[str, Any] = {
            "url": self.url,
            "hub": self.hub_url,
            "interactive": self.interactive_url,
            "static": lambda name: self.url(static_path(name)),
            "xsrf": lambda: Markup('<input type="hidden" name="_xsrf" value="{}">').format(TOKEN_HERE),
            "actor": self.actor,
            "choices": self.choices,
            "settings": self.settings_url,
            "weight": weight,
            "choosing": self.choosing_url,
        }
        text = render(page.template, page.context, language=self.language, names=names)
        token = self.xsrf_text() if TOKEN_HERE in text else ""
        self.set_keeping(page, text.replace(TOKEN_HERE, token))
        return text.replace(TOKEN_HERE, mask(token))

    def set_keeping(self, page: Page, text: str) -> None:
        """Say how long the browser may keep a page: not at all, or an hour for a lesson on somebody's own device."""
        if page.lasting and self.choices.own_device:
            self.version = hashlib.sha256(text.encode()).hexdigest()[:32]
            self.set_header("Cache-Control", AN_HOUR)
            self.set_header("Vary", "Cookie")  # who signs in or out, sends or chooses something, asks anew
        if page.leaving and not self.choices.own_device and came_from_here(self):
            self.set_header("Clear-Site-Data", FORGET)
            end_session_here(self, self.root)

    def compute_etag(self) -> str | None:
        """Return the version of what may be kept. The mask of its token is no part of it."""
        return f'W/"{self.version}"' if self.version else None

    def xsrf_text(self) -> str:
        """Return the token that forms carry."""
        token = self.xsrf_token
        return token.decode("ascii") if isinstance(token, bytes) else token

    def said(self, data: Any) -> Any:
        """Return the data of an answer with every phrase of ours in the caller's language."""
        if isinstance(data, Mapping):
            return {name: self.said(value) for name, value in data.items()}
        if isinstance(data, list | tuple):
            return [self.said(value) for value in data]
        return translated(data, self.language) if isinstance(data, str) else data

    @property
    def language(self) -> str:
        """The language of the page: chosen here, else kept in the account, else wished for by the browser."""
        default = self.account_language or self.academy.config.behaviour.language
        wish = self.request.headers.get("Accept-Language")
        if self.account_language and not self.is_api:  # an interactive page asks in the language that it is in
            wish = None
        return chosen(self.get_cookie(COOKIE), wish, default)

    @property
    def settings_url(self) -> str:
        """Return the address of the settings of this browser, from which one comes back to this page."""
        back = str(self.request.path).removeprefix(self.url(""))
        return self.url("/settings" + (f"?{urlencode({'back': back})}" if self.request.method in SAFE_METHODS else ""))

    def choosing_url(self, language: str) -> str:
        """Return the address of the link that chooses a language and leads back to this page."""
        here = self.request.uri if self.request.method in SAFE_METHODS else None
        return self.url(choosing_path(language, here or self.url("/")))

    @property
    def root(self) -> str:
        """The path below which everything stands, usually empty."""
        return str(self.hub_auth.hub_prefix).removesuffix("/hub/")

    def url(self, path: str) -> str:
        """Return the address of a path of the academy."""
        return f"{self.root}/services/academy{path}"

    def interactive_url(self, app: str) -> str:
        """Return the address of an interactive page."""
        return f"{self.root}/services/interactive/voila/render/{app}.ipynb"

    def hub_url(self, path: str) -> str:
        """Return the address of a page of the Hub."""
        return f"{self.root}/hub/{path}"

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Turn what Tornado reports into one sentence; details of a fault go to the log only."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, AcademyError):
            self.answer_error(error)
            return
        self.answer_error(_sentence_for(status_code))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log faults of ours; what a person did is no fault."""
        if not isinstance(value, AcademyError | HTTPError):
            LOG.error("%s failed", self.route.path if self.route else "a request", exc_info=(typ, value, tb))


class RouteHandler(_Base):
    """One route of the table."""

    async def prepare(self) -> None:
        """Find out who asks, then check that the form is ours."""
        if self.route is None:
            raise NotFound
        if self.route.right is Right.HUB:
            self._check_hub()
            return
        model = await self.hub_auth.get_user(self, sync=False)
        if model is not None:
            self._admit(model)
        if self.request.method not in SAFE_METHODS:
            self._check_form()

    def _check_hub(self) -> None:
        given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.academy.hub_token.encode()):
            raise NotAllowed

    def _admit(self, model: Mapping[str, Any]) -> None:
        try:
            self.check_hub_user(model)
        except UserNotAllowed:
            raise NotAllowed from None
        self.username = model["name"]
        self.scopes = frozenset(model["scopes"])

    def _check_form(self) -> None:
        sent, headers = self.request.arguments, self.request.headers
        headers["X-Xsrftoken"] = unmask(headers.get("X-Xsrftoken", ""))
        sent["_xsrf"] = [unmask(value.decode("ascii", "replace")).encode() for value in sent.get("_xsrf", [])]
        try:
            super().check_xsrf_cookie()
            self.hub_auth.check_xsrf_cookie(self)
        except HTTPError as error:
            message = phrase("This page was open too long. Go back, reload it and send it again; nothing was changed.")
            raise NotAllowed(message) from error

    async def get(self, **path: str) -> None:
        """Answer a request that changes nothing."""
        await self._run(path)

    async def head(self, **path: str) -> None:
        """Answer like ``get``; the server leaves the body out."""
        await self._run(path)

    async def post(self, **path: str) -> None:
        """Answer a request that changes something."""
        await self._run(path)

    async def _run(self, path: dict[str, str]) -> None:
        assert self.route is not None  # noqa: S101 - "prepare" has seen to it
        if self.username is None and self.route.right not in (Right.PUBLIC, Right.HUB):
            self._ask_to_sign_in()
            return
        work = partial(self._transaction, self.route, path, self._body())
        response = await asyncio.get_running_loop().run_in_executor(self.academy.executor, work)
        if self.request.method not in SAFE_METHODS:
            self.academy.committed()
            count_sending(self, self.choices, f"{self.root}/")
        self.answer(response)

    def _ask_to_sign_in(self) -> None:
        if self.is_api or self.request.method not in SAFE_METHODS:
            message = phrase("Sign in first; nothing was changed.")
            raise NotAllowed(message)
        self.redirect(self.get_login_url())

    def _body(self) -> dict[str, Any]:
        if self.request.method in SAFE_METHODS:
            return {}
        if self.is_api:
            return _json_object(self.request.body)
        fields = {
            name: [value.decode("utf-8", "replace") for value in values]
            for name, values in self.request.body_arguments.items()
            if name != "_xsrf"
        }
        for name, sent in self.request.files.items():  # a file that is chosen is its text
            fields[name] = [file.body.decode("utf-8", "replace") for file in sent]
        return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}

    def _transaction(self, route: Route, path: dict[str, str], body: dict[str, Any]) -> Response:
        store = self.academy.store
        with store.read() if self.request.method in SAFE_METHODS else store.write() as db:
            if self.username is not None:
                self.actor = people.actor(db, username=self.username, scopes=self.scopes)
                self.account_language = people.language_of(db, self.username)
            _require(route, self.actor, path.get("cohort"))
            query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
            return route.handle(
                Request(
                    actor=self.actor,
                    now=clock.now(),
                    db=db,
                    config=self.academy.config,
                    path=path,
                    query=query,
                    body=body,
                    language=self.language,
                    choices=self.choices,
                )
            )


class MissingHandler(_Base):
    """Every address that no route has."""

    async def prepare(self) -> None:
        """Answer without asking who it is."""
        raise NotFound


def _require(route: Route, actor: Actor, cohort: str | None) -> None:
    if route.right is not Right.HUB and not actor.may(route.right, cohort):
        raise NotAllowed


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        data = None
    if not isinstance(data, dict):
        message = phrase("The body must be a JSON object.")
        raise BadInput(message, code="bad-json", field="body")
    return data


def _sentence_for(status: int) -> AcademyError:
    if status == NotFound.status:
        return NotFound()
    if status == NotAllowed.status:
        return NotAllowed()
    message = phrase("Something broke on our side. What you had sent before is safe; please try again.")
    error = AcademyError(message, code="fault")
    error.status = status
    return error
