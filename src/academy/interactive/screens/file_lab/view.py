"""The screen of the file lab. What it says about a file is read from the file; nothing is typed, sent or stored."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets
from IPython.display import display

from academy.interactive.documents import data as documents
from academy.interactive.documents.model import Paper, Story, cleaned, compare, look
from academy.interactive.documents.parts import BAR
from academy.interactive.records import data as records
from academy.interactive.records.model import DECISIONS, Record, sort_records
from academy.interactive.screens.file_lab.model import Cleaning, drawers, first_tab
from academy.interactive.screens.guesses import Guesses
from academy.interactive.widgets import Live, Part, button, column, fill, here, query

__all__ = ["show"]

FOLDER = "file_lab"
LABELS = {"keep": "Keep", "code": "Code", "move": "Move", "delete": "Delete"}


class Sheet:
    """One of the two files: read the page, guess, look inside, copy, clean."""

    def __init__(self, story: Story, paper: Paper) -> None:
        self.story, self.paper = story, paper
        self.cleaning = Cleaning()
        self.found, self.state = Live(), Live()
        self.guesses = Guesses(
            paper.cards,
            ask="What else is in this file?",
            look="Look inside the file",
            after=lambda: self._change(self.cleaning.after_look()),
        )
        self.copy = button("Make a copy first", kind="secondary")
        self.clean = button("Clean the copy", kind="secondary")
        self.copy.on_click(lambda _: self._change(self.cleaning.with_copy()))
        self.clean.on_click(lambda _: self._change(self.cleaning.clean()))
        self._draw()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        lines = look(self.paper.data).seen
        page = Part(html=fill(f"{FOLDER}/page.html", paper=self.paper, lines=lines, bar=BAR))
        return column(page, self.guesses.widget(), self.found, column(self.copy, self.clean, css="actions"), self.state)

    def _change(self, cleaning: Cleaning) -> None:
        self.cleaning = cleaning
        self._draw()

    def _draw(self) -> None:
        now = self.cleaning
        self.copy.disabled, self.clean.disabled = not now.looked, not now.copied
        self.found.html = self._inside() if now.looked else ""
        self.state.html = self._said() if now.looked else ""

    def _inside(self) -> str:
        findings = look(self.paper.data).findings
        return fill(f"{FOLDER}/inside.html", paper=self.paper, findings=findings, labels=self.story.labels)

    def _said(self) -> str:
        result = compare(self.paper.data, cleaned(self.paper.data)) if self.cleaning.cleaned else None
        return fill(f"{FOLDER}/state.html", now=self.cleaning, result=result, paper=self.paper)


class Drawer:
    """Five records to decide about."""

    def __init__(self, number: int, held: Sequence[Record]) -> None:
        self.number, self.held = number, held
        options = [("Choose one", ""), *((LABELS[decision], decision) for decision in DECISIONS)]
        self.fields = {
            record.id: ipywidgets.Dropdown(options=options, value="", description=record.text) for record in held
        }
        for field in self.fields.values():
            field.add_class("sort-field")
        self.look = button(f"See what RWN decided, drawer {number}", kind="secondary")
        self.answer = Live()
        self.look.on_click(lambda _: self._tell())

    def widget(self) -> ipywidgets.Widget:
        """Return the drawer."""
        head = Part(html=fill(f"{FOLDER}/drawer.html", number=self.number))
        return column(head, *self.fields.values(), self.look, self.answer, css="card-box")

    def _tell(self) -> None:
        given = {name: field.value for name, field in self.fields.items() if field.value}
        self.answer.html = fill(f"{FOLDER}/sorted.html", rows=sort_records(self.held, given), labels=LABELS)


def _records() -> ipywidgets.Widget:
    """Third tab: twenty records in four drawers."""
    held = drawers(records.load())
    return column(
        Part(html=fill(f"{FOLDER}/records.html")),
        *(Drawer(number, drawer).widget() for number, drawer in enumerate(held, 1)),
    )


def show() -> None:
    """Display the screen."""
    story = documents.load()
    sheets = [Sheet(story, paper).widget() for paper in story.papers]
    titles = (*(paper.title for paper in story.papers), "Twenty records")
    tabs = ipywidgets.Tab([*sheets, _records()], titles=titles, selected_index=first_tab(query()))
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("file-lab")))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
