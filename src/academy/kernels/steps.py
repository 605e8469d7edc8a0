"""What the owner asks of a notebook's process, cell by cell, and what comes back: records of both sides."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Answer", "Ask", "Check", "Doing", "End", "Shown", "Step"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Doing(StrEnum):
    """How a cell is run."""

    RUN = "run"
    """In the shell, like everything that a learner writes."""
    LOCKED = "locked"
    """In the shell, written by the instructor: what it defines may be used by tests."""
    TEST = "test"
    """Outside the shell, between checks of the interpreter."""


class Step(_Record):
    """One cell, as the caller knows it."""

    doing: Doing
    source: str
    """IPython's language; a test is plain Python."""
    seconds: float
    """How long it may take."""
    canaries: tuple[tuple[str, bool], ...] = ()
    """Statements to run before and after a test, and whether each must pass."""


class Ask(_Record):
    """One cell, as its process is told. A test and its canaries look the same there."""

    doing: Annotated[Doing, Field(strict=False)]
    nonce: str
    sources: Annotated[tuple[str, ...], Field(strict=False)]


class Check(_Record):
    """What came of one source of a test."""

    error: str
    """Name of the exception; empty: none."""
    message: Annotated[str, Field(max_length=4000)]
    line: int
    """Line of the source in which it happened; 0: unknown."""
    number: float | None
    """The value of the last line, if it is a number."""
    text: Annotated[str, Field(max_length=20_000)]
    """The value of the last line as text; empty: none."""


class Answer(_Record):
    """What a notebook's process says after a cell."""

    nonce: str
    outputs: list[dict[str, Any]]
    """In nbformat's form."""
    succeeded: bool
    checks: list[Check]
    """One for each source of a test, in the order in which they were asked."""
    doubts: list[str]
    """Why nothing that this interpreter says about tests is evidence; empty: no reason was found."""


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
