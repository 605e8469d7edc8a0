"""The HTML templates of content, with the filters they use."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from academy.content.markdown import inline_html, isolate, markdown_html
from academy.content.phrases import points_text

__all__ = ["template"]


def template(name: str) -> Template:
    """Return one template of this package."""
    return _environment.get_template(name)


def _environment_with_filters() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = lambda text: Markup(inline_html(text))  # noqa: S704 - our Markdown is safe
    environment.filters["block"] = lambda text: Markup(markdown_html(text))  # noqa: S704
    environment.filters["isolated"] = lambda text: Markup(isolate(text))  # noqa: S704
    environment.filters["points"] = points_text
    return environment


_environment = _environment_with_filters()
