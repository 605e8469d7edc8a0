"""Rendering a page in a test as the service does, without the service."""

from __future__ import annotations

from markupsafe import Markup

from academy.choices import Choices
from academy.rights import Actor
from academy.routing import Page, Response
from academy.web.templating import render
from academy.web.weights import weight

__all__ = ["rendered"]


def rendered(response: Response, actor: Actor, choices: Choices | None = None) -> str:
    """Return the HTML of a page as this person sees it."""
    assert isinstance(response, Page)
    names = {
        "url": lambda path: f"/services/academy{path}",
        "hub": lambda path: f"/hub/{path}",
        "interactive": lambda app: f"/services/interactive/{app}",
        "static": lambda name: f"/static/{name}",
        "xsrf": lambda: Markup('<input type="hidden" name="_xsrf" value="token">'),
        "actor": actor,
        "choices": choices or Choices(),
        "settings": "/services/academy/settings",
        "weight": weight,
        "choosing": lambda code: f"/services/academy/language/{code}",
    }
    return render(response.template, response.context, language="en", names=names)
