"""The numbers of a cohort as a page, as a file, and each figure opened to its rows."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from academy.content.catalogue import load
from academy.errors import NotFound
from academy.languages.phrases import phrase
from academy.people import queries as people
from academy.results import queries
from academy.results.exports import csv_bytes
from academy.results.indicators import figures
from academy.results.model import Figure, Known, PersonCell
from academy.rights import Right
from academy.routing import Download, Page, Request, Response, Route

__all__ = ["ROUTES"]

HEADER = ("cohort", "day", "figure", "value", "at_least", "of", "of_what", "unit", "state", "definition", "remark")


def numbers(request: Request) -> Response:
    """Show the table of the cohort."""
    cohort = people.cohort(request.db, request.path["cohort"])
    return Page("results/numbers.html", {"cohort": cohort, "figures": _figures(request), "now": request.now})


def numbers_csv(request: Request) -> Response:
    """Give the same table as a file."""
    cohort = people.cohort(request.db, request.path["cohort"])
    day = request.now.astimezone(ZoneInfo(cohort.zone)).date().isoformat()
    rows = [(cohort.title, day, *_line(figure)) for figure in _figures(request)]
    return Download(f"{cohort.slug}-internal-{day}.csv", "text/csv; charset=utf-8", csv_bytes(HEADER, rows))


def one_figure(request: Request) -> Response:
    """Show the rows that a figure came from. Only the cohort's facilitators see user names in them."""
    cohort = people.cohort(request.db, request.path["cohort"])
    figure = next((one for one in _figures(request) if one.slug == request.path["indicator"]), None)
    if figure is None:
        raise NotFound
    named = request.actor.may(Right.FACILITATE, cohort.slug)
    context: dict[str, Any] = {"cohort": cohort, "figure": figure, "named": named, "rows": _rows(figure, named=named)}
    return Page("results/figure.html", context)


def _figures(request: Request) -> tuple[Figure, ...]:
    catalogue = load(request.config.content)
    return figures(
        queries.facts(request.db, cohort=request.path["cohort"], catalogue=catalogue, language=request.language)
    )


def _line(figure: Figure) -> tuple[object, ...]:
    known = figure.known is Known.KNOWN
    return (
        figure.title,
        figure.value if known else None,
        "yes" if known and figure.at_least else "",
        figure.of if known else None,
        figure.of_what,
        figure.unit,
        figure.known.value,
        figure.definition,
        figure.remark,
    )


def _rows(figure: Figure, *, named: bool) -> list[tuple[list[str], int]]:
    order = {name: phrase("Person %(number)s", number=place) for place, name in enumerate(_people(figure), start=1)}
    return [
        (
            [cell if isinstance(cell, str) else cell.username if named else order[cell.username] for cell in row.cells],
            row.counts,
        )
        for row in figure.rows
    ]


def _people(figure: Figure) -> list[str]:
    found = {cell.username for row in figure.rows for cell in row.cells if isinstance(cell, PersonCell)}
    return sorted(found)


ROUTES = (
    Route("GET", "/c/{cohort}/numbers", Right.REPORT, numbers),
    Route("GET", "/c/{cohort}/numbers.csv", Right.REPORT, numbers_csv),
    Route("GET", "/c/{cohort}/numbers/{indicator}", Right.REPORT, one_figure),
)
