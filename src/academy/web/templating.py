"""Jinja templates and the few words that every page needs: dates, addresses, directions of writing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["clock", "direction", "render", "when"]

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "ur"})


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr`` for an ISO 639 code."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def when(moment: datetime, zone: str) -> str:
    """Return a date and time in words, in ``zone``: "Tuesday 24 November 2026, 14:03"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M}"


def clock(moment: datetime, zone: str) -> str:
    """Return the time of day in ``zone``: "14:03"."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def number(value: float) -> str:
    """Return a number without needless digits: 3, 0.67."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("academy.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(when=when, clock=clock, number=number, html=Markup)
    return environment


def render(template: str, context: Mapping[str, Any], *, language: str, names: Mapping[str, Any]) -> str:
    """Render a page. A name that the template uses and nobody gave is an error, never an empty place."""
    words = {**names, **context, "language": language, "direction": direction(language)}
    return _environment().get_template(template).render(words)
