"""What the owner asks of a notebook's process, cell by cell, and what comes back: records of her side."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Answer", "Check", "Doing", "End", "Shown", "Step"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Doing(StrEnum):
    """How a cell is run."""

    RUN = "run"
    """In the shell, like everything that a learner writes."""
    LOCKED = "locked"
    """Outside the shell, written by the instructor: what it defines may be used by tests."""
    TEST = "test"
    """Outside the shell, between looks at the interpreter."""


class Step(_Record):
    """One cell, as the caller knows it."""

    doing: Doing
    source: str
    """IPython's language for the shell, plain Python otherwise."""
    seconds: float
    """How long it may take."""
    canaries: tuple[tuple[str, bool], ...] = ()
    """Statements to run before and after a test, and whether each must pass."""
    own_names: frozenset[str] = frozenset()
    """Names that the instructor's own version of the notebook defines."""


class Check(_Record):
    """What came of one piece of a test."""

    nonce: str
    place: int
    """Which piece, from 0."""
    end: Literal["done", "assertion", "memory", "exit", "interrupt", "error"]
    error: Annotated[str, Field(max_length=200)]
    """Name of the exception, which may be a learner's; empty: none."""
    message: Annotated[str, Field(max_length=4000)]
    line: int
    """Line in which it happened; 0: unknown."""
    number: float | None
    """The value of the last line, if it is a number."""
    text: Annotated[str, Field(max_length=20_000)]
    """The value of the last line as text; empty: none."""
    doubts: int
    """How many doubts were said before."""


class Answer(_Record):
    """What a notebook's process says at the end of a cell."""

    nonce: str
    succeeded: bool
    doubts: int
    """How many doubts were said before."""


class End(StrEnum):
    """How a cell ended."""

    DONE = "done"
    ERROR = "error"
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"
    DIED = "kernel-died"
    NOT_REACHED = "did-not-run"
    """The process had ended before."""


class Shown(_Record):
    """One cell after its run."""

    end: End
    outputs: tuple[dict[str, Any], ...] = ()
    check: Check | None = None
    """Of a test that ran."""
    doubts: tuple[str, ...] = ()
    """Reasons why a test is no evidence."""
