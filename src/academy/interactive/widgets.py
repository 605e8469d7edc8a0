"""Small widgets that several screens share."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from jinja2 import Environment, FileSystemLoader

from academy.interactive.apps import APPS, Links, academy_path, links, query_of
from academy.languages.catalogues import ENGLISH, translated
from academy.languages.templates import environment

__all__ = [
    "Live",
    "Part",
    "Presence",
    "Rows",
    "button",
    "column",
    "compile_templates",
    "fill",
    "here",
    "query",
    "say",
    "spawn",
    "speaks",
]

FOLDER = Path(__file__).parent
TASKS: set[asyncio.Task[None]] = set()


class Part(anywidget.AnyWidget):
    """A piece of page that changes silently."""

    _esm = FOLDER / "static" / "piece.js"
    html = traitlets.Unicode("").tag(sync=True)
    """Markup of ours; what people wrote is escaped in it."""
    live = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether screen readers say what changed."""


class Live(Part):
    """A piece of page that tells screen readers when it changes."""

    live = traitlets.Bool(default_value=True).tag(sync=True)


class Presence(anywidget.AnyWidget):
    """Knows whether somebody still looks at the page."""

    _esm = FOLDER / "static" / "presence.js"
    seen = traitlets.Int(0).tag(sync=True)
    """How often the page has said that it is looked at."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.last_seen = time.monotonic()
        self.observe(self._hear, "seen")

    def _hear(self, *_: Any) -> None:
        self.last_seen = time.monotonic()

    @property
    def seconds_away(self) -> float:
        """Seconds since the page was last heard of."""
        return time.monotonic() - self.last_seen


class Rows(anywidget.AnyWidget):
    """A list of pieces of page, each with its key; what people ask in a piece comes back as a message."""

    _esm = FOLDER / "static" / "rows.js"
    rows = traitlets.List().tag(sync=True)
    """Pieces as ``{"key", "name", "html"}``; ``name`` is what the search field looks in."""
    search = traitlets.Unicode("").tag(sync=True)
    """Label of the search field."""

    def on_act(self, callback: Callable[[dict[str, Any]], None]) -> None:
        """Call back with what was asked: the ``data-`` values of the control and ``fields``."""
        self.on_msg(lambda _, content, __: callback(content) if isinstance(content, dict) else None)


def button(label: str, *, kind: str = "") -> ipywidgets.Button:
    """Return a button. ``kind`` is empty for the one main action of a screen, or ``secondary`` or ``plain``."""
    made = ipywidgets.Button(description=say(label), tooltip="")
    made.add_class("academy-button")
    if kind:
        made.add_class(kind)
    return made


def column(*children: ipywidgets.Widget, css: str = "") -> ipywidgets.VBox:
    """Stack widgets in reading order."""
    made = ipywidgets.VBox(list(children))
    made.add_class("column")
    if css:
        made.add_class(css)
    return made


def fill(template: str, **values: Any) -> str:
    """Fill a template of ``screens``, such as ``attendance/code.html``. Values are escaped."""
    return _environment().get_template(template).render(**values)


def compile_templates() -> None:
    """Compile every template of ``screens`` now; those who fill one later find it ready."""
    environment = _environment()
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def speaks() -> str:
    """Return the language of the page that this kernel serves."""
    return os.environ.get("VISITOR_LANGUAGE") or ENGLISH


def say(text: str) -> str:
    """Return a phrase of ours in the language of the page; other text as it is."""
    return translated(text, speaks())


def query() -> dict[str, str]:
    """Return the query of this page. Raises ``BadInput``."""
    return query_of(os.environ.get("QUERY_STRING", ""))


def here(app: str) -> Links:
    """Return the links of the page that this kernel serves."""
    return links(APPS[app], query(), academy_path(os.environ))


def spawn(work: Coroutine[Any, Any, None]) -> None:
    """Start work beside what the person does; it is kept until it is done."""
    task = asyncio.get_running_loop().create_task(work)
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)


@cache
def _environment() -> Environment:
    return environment(FileSystemLoader(FOLDER / "screens"), speaks)
