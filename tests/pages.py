"""Rendering a page in a test as the service does, without the service."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markupsafe import Markup

from academy.choices import Choices
from academy.languages.pseudo import PSEUDO
from academy.rights import Actor
from academy.routing import Page, Response
from academy.web.templating import render
from academy.web.weights import weight

__all__ = ["rendered", "untranslated"]

WORD = re.compile(r"[A-Za-z]{3,}")
UNITS = frozenset({"KB", "MB", "JSON"})
NEVER_CLOSED = frozenset({"area", "br", "circle", "col", "hr", "img", "input", "link", "meta", "path", "rect", "wbr"})
READ_ALOUD = frozenset({"alt", "aria-label", "data-label", "placeholder", "title"})


class _Texts(HTMLParser):
    """Collects the texts of a page that are ours: not names, codes and content, which are set apart."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        set_apart = tag != "html" and given.get("dir") in {"auto", "ltr"}
        foreign = tag in {"bdi", "style"} or set_apart or given.get("lang", PSEUDO) != PSEUDO
        if tag not in NEVER_CLOSED:
            self.open.append((tag, foreign))
        if not self._is_foreign():
            self.found += [str(value) for name, value in attrs if name in READ_ALOUD]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        (self.others if self._is_foreign() else self.found).append(data)

    def _is_foreign(self) -> bool:
        return any(foreign for _, foreign in self.open)


def untranslated(html: str) -> list[str]:
    """Return the words of ours on a page in the language that nobody speaks which have no accent.

    Names, codes and content count as set apart in ``<bdi>``, ``dir="auto"`` or another ``lang``; the title of the
    page and labels that are read aloud may repeat what is set apart.
    """
    texts = _Texts()
    texts.feed(html)
    known = set(WORD.findall(" ".join(texts.others)))
    return [word for text in texts.found for word in WORD.findall(text) if word not in known | UNITS]


def rendered(response: Response, actor: Actor, choices: Choices | None = None) -> str:
    """Return the HTML of a page as this person sees it; in the language that nobody speaks it must be complete."""
    assert isinstance(response, Page)
    field = getattr(response.context.get("problem"), "field", None) or ""
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
    forgotten = untranslated(render(response.template, response.context, language=PSEUDO, names=names))
    forgotten = [word for word in forgotten if word not in WORD.findall(field)]
    assert not forgotten, f"{response.template} says in English only: {' '.join(forgotten)}"
    return render(response.template, response.context, language="en", names=names)
