"""Questions as a widget: the same HTML as the plain form, its fields in step with Python.

The HTML comes from ``academy.content.render.question_html``, in which everything that a learner wrote is escaped; and
the page's Content-Security-Policy runs no script that stands in markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

__all__ = ["QuestionForm", "answered"]

FOLDER = Path(__file__).parent / "static"


class QuestionForm(anywidget.AnyWidget):
    """A form of questions."""

    _esm = FOLDER / "questions.js"
    html = traitlets.Unicode("").tag(sync=True)
    """The questions, one after the other."""
    fields = traitlets.Dict().tag(sync=True)
    """Field name -> values, as a plain form would send them."""
    action = traitlets.Unicode("").tag(sync=True)
    """Name of the button that sends the form; empty: no button."""
    locked = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the fields may be changed."""

    def on_send(self, callback: Callable[[dict[str, list[str]]], None]) -> None:
        """Call back with the fields at the moment of sending; they may be newer than ``fields``."""

        def heard(_: Any, content: Any, __: Any) -> None:
            if isinstance(content, dict) and content.get("kind") == "send":
                callback(content["fields"])

        self.on_msg(heard)


def answered(question: str, fields: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether every field of a question holds something."""
    own = [values for name, values in fields.items() if name == question or name.startswith(f"{question}.")]
    return bool(own) and all(any(value.strip() for value in values) for values in own)
