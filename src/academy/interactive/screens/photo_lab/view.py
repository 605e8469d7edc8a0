"""The screen of the photo lab. Every value comes from the sample file itself; nothing is typed, sent or stored."""

from __future__ import annotations

from base64 import b64encode

import ipywidgets
from IPython.display import display

from academy.interactive.photos import data
from academy.interactive.photos.drawing import HEIGHT, WIDTH
from academy.interactive.photos.model import Story, hidden, position
from academy.interactive.screens.guesses import Guesses
from academy.interactive.screens.photo_lab.model import MAP_SIZE, Copying, Way, dot, made
from academy.interactive.widgets import Live, Part, button, column, fill, here

__all__ = ["show"]

FOLDER = "photo_lab"


class Inside:
    """First tab: look at the picture, guess, look inside the file."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.found = Live()
        self.guesses = Guesses(
            story.cards, ask="What does this file tell a stranger?", look="Look inside the file", after=self._look
        )

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        return column(_picture(self.story, numbered=False), self.guesses.widget(), self.found)

    def _look(self) -> None:
        spot = position(self.story.photo)
        self.found.html = fill(
            f"{FOLDER}/hidden.html",
            fields=hidden(self.story.photo),
            labels=self.story.labels,
            dot=dot(spot) if spot else None,
            size=MAP_SIZE,
        )


class Clean:
    """Second tab: copy first, then clean the copy, then compare."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.copying = Copying()
        self.copy = button("Make a copy first")
        self.strip = button("Take the hidden data out of the copy", kind="secondary")
        self.save = button("Save the copy anew, as an editor does", kind="secondary")
        self.compare = button("Compare the two files")
        self.state, self.table = Live(), Live()
        self.copy.on_click(lambda _: self._change(self.copying.with_copy()))
        self.strip.on_click(lambda _: self._change(self.copying.cleaned("strip")))
        self.save.on_click(lambda _: self._change(self.copying.cleaned("save")))
        self.compare.on_click(lambda _: self._change(self.copying.set_side_by_side()))
        self._draw()

    def widget(self) -> ipywidgets.Widget:
        """Return the tab."""
        task = Part(html=fill(f"{FOLDER}/clean.html"))
        return column(
            task, column(self.copy, self.strip, self.save, css="actions"), self.state, self.compare, self.table
        )

    def _change(self, copying: Copying) -> None:
        self.copying = copying
        self._draw()

    def _draw(self) -> None:
        now = self.copying
        self.strip.disabled = self.save.disabled = not now.copied
        self.compare.disabled = now.way is None
        self.state.html = fill(f"{FOLDER}/state.html", now=now)
        self.table.html = self._table(now.way) if now.compared and now.way else ""

    def _table(self, way: Way) -> str:
        return fill(f"{FOLDER}/compared.html", found=made(self.story.photo, way), way=way)


def _left(story: Story) -> ipywidgets.Widget:
    """Third tab: what the picture itself still tells."""
    cards = (thing.card for thing in story.things)
    guesses = Guesses(
        cards, ask="Which of these would help a stranger to find her, or the place?", look="Show me what tells"
    )
    return column(
        Part(html=fill(f"{FOLDER}/left.html")),
        _picture(story, numbered=True),
        guesses.widget(),
        Part(html=fill(f"{FOLDER}/outside.html")),
    )


def _picture(story: Story, *, numbered: bool) -> Part:
    things = story.things if numbered else ()
    photo = b64encode(story.photo).decode("ascii")
    return Part(html=fill(f"{FOLDER}/picture.html", story=story, things=things, photo=photo, size=(WIDTH, HEIGHT)))


def show() -> None:
    """Display the screen."""
    story = data.load()
    tabs = ipywidgets.Tab(
        [Inside(story).widget(), Clean(story).widget(), _left(story)],
        titles=("Look inside", "Make a clean copy", "What is left?"),
    )
    intro = Part(html=fill(f"{FOLDER}/intro.html"))
    end = Part(html=fill(f"{FOLDER}/end.html", links=here("photo-lab")))
    display(column(intro, tabs, end))  # type: ignore[no-untyped-call]
