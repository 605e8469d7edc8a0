# ruff: noqa: RUF001 - signs of many scripts are what is tested
"""The sample content of ``tests/content`` and answers to its questions, for the tests of content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from academy.content.catalogue import Catalogue, load
from academy.content.questions import Essay, Match, Multi, Order, Question, Scenario, Single, question_adapter

__all__ = ["GOLDEN", "SAMPLE", "anything", "catalogue", "plausible", "question", "questions"]

SAMPLE = Path(__file__).parent / "content"
GOLDEN = Path(__file__).parent / "golden"


def catalogue() -> Catalogue:
    """Load the sample content."""
    return load(SAMPLE)


def questions() -> tuple[Question, ...]:
    """Return a question of every type."""
    return catalogue().assessment("sample").questions


def question(name: str) -> Question:
    """Return one of the sample questions, such as ``S.order``."""
    return catalogue().assessment("sample").question(name)


def parse(data: dict[str, Any]) -> Question:
    """Read a question from data."""
    return question_adapter.validate_python(data)


anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["a", "b", "r1", "h"]),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=4) | st.sampled_from(["r1", "r2"]), inner)
    ),
    max_leaves=10,
)
"""Whatever a learner's notebook may hold."""


def plausible(asked: Question) -> st.SearchStrategy[Any]:
    """Return answers that the form of a question can give."""
    match asked:
        case Single() | Scenario():
            return st.sampled_from([option.id for option in asked.options])
        case Multi():
            return st.lists(st.sampled_from([option.id for option in asked.options]), unique=True, min_size=1).map(
                sorted
            )
        case Order():
            return st.permutations([item.id for item in asked.items]).map(list)
        case Match():
            left = st.sampled_from([item.id for item in asked.left])
            return st.dictionaries(st.sampled_from([item.id for item in asked.right]), left, min_size=1)
        case Essay():
            return _texts
        case _:
            return _texts | st.sampled_from(["77.5", "77,2", "৭৭.৫", "٧٧٫٥", "acceptance", "Acceptance!", "deterrence"])


_texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(str.strip)
