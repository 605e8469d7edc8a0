"""Small widgets that several screens share."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from academy.interactive.apps import APPS, Links, academy_path, links, query_of

__all__ = ["Live", "Part", "button", "column", "fill", "here", "query"]

FOLDER = Path(__file__).parent


class Live(anywidget.AnyWidget):
    """A piece of page that tells screen readers when it changes."""

    _esm = FOLDER / "static" / "live.js"
    html = traitlets.Unicode("").tag(sync=True)
    """Markup of ours; what people wrote is escaped in it."""


class Part(anywidget.AnyWidget):
    """A piece of page that changes silently."""

    _esm = FOLDER / "static" / "part.js"
    html = traitlets.Unicode("").tag(sync=True)
    """Markup of ours; what people wrote is escaped in it."""


def button(label: str, *, kind: str = "") -> ipywidgets.Button:
    """Return a button. ``kind`` is empty for the one main action of a screen, or ``secondary`` or ``plain``."""
    made = ipywidgets.Button(description=label, tooltip="")
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


def query() -> dict[str, str]:
    """Return the query of this page. Raises ``BadInput``."""
    return query_of(os.environ.get("QUERY_STRING", ""))


def here(app: str) -> Links:
    """Return the links of the page that this kernel serves."""
    return links(APPS[app], query(), academy_path(os.environ))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "screens"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
