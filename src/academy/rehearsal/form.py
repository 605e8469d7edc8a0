"""A question's form as a browser shows it: its controls, and what each can send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from academy.content.questions import Question
from academy.content.render import question_html

__all__ = ["Control", "can_send", "controls", "untouched"]


@dataclass(slots=True)
class Control:
    """One control: radio buttons or check boxes of one name, a list to choose from, or a field to write in."""

    name: str
    kind: str
    """``radio``, ``checkbox``, ``select`` or ``text``."""
    label: str = ""
    """What stands beside a list to choose from."""
    offered: dict[str, str] = field(default_factory=dict)
    """Value to text, in the order in which they are shown."""


def controls(question: Question, seed: str) -> list[Control]:
    """Return the controls of a question in the order in which somebody with this seed sees them."""
    reader = _Reader()
    reader.feed(question_html(question, seed=seed))
    return list(reader.controls.values())


def untouched(shown: Sequence[Control]) -> dict[str, list[str]]:
    """Return what a browser sends when nobody touches anything: empty lists and fields, no button and no box."""
    return {control.name: [""] for control in shown if control.kind in ("select", "text")}


def can_send(shown: Sequence[Control], fields: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a browser could send these fields."""
    by_name = {control.name: control for control in shown}
    if not untouched(shown).keys() <= fields.keys() <= by_name.keys():
        return False
    return all(_fits(by_name[name], values) for name, values in fields.items())


def _fits(control: Control, values: Sequence[str]) -> bool:
    if control.kind != "checkbox" and len(values) != 1:
        return False
    offered = {*control.offered, *([""] if control.kind == "select" else [])}
    return control.kind == "text" or (len(set(values)) == len(values) and set(values) <= offered)


class _Reader(HTMLParser):
    """Collects controls; the label of a button or box follows it, that of a list comes before."""

    def __init__(self) -> None:
        super().__init__()
        self.controls: dict[str, Control] = {}
        self.words: list[str] | None = None
        self.open: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given["type"] in ("radio", "checkbox"):
            control = self.controls.setdefault(given["name"], Control(given["name"], given["type"]))
            self.open = (control.name, given["value"])
        elif tag in ("input", "textarea"):
            self.controls[given["name"]] = Control(given["name"], "text")
        elif tag == "select":
            self.controls[given["name"]] = Control(given["name"], "select", label="".join(self.words or ()))
        elif tag == "option" and given["value"]:
            self.open = (next(reversed(self.controls)), given["value"])
        if tag in ("label", "option"):
            self.words = []

    def handle_data(self, data: str) -> None:
        if self.words is not None:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("label", "option") and self.open is not None:
            name, value = self.open
            self.controls[name].offered[value] = "".join(self.words or ()).strip()
            self.open = None
