"""What one cell's run is worth: pure rules. Only positive evidence earns points; no evidence is not a 0 either."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from academy.grading.model import Verdict
from academy.kernels.steps import Check, End, Shown

__all__ = ["Judged", "canaries", "hidden_lines", "judge", "outputs_of"]

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
"""nbgrader's own marks around hidden tests."""
_WITHOUT_EVIDENCE = {
    End.TIMED_OUT: (Verdict.TIMED_OUT, "It took longer than the time limit."),
    End.OUT_OF_MEMORY: (Verdict.OUT_OF_MEMORY, "It needed more memory than the limit."),
    End.DIED: (Verdict.KERNEL_DIED, "The notebook's process ended while this test ran."),
    End.NOT_REACHED: (Verdict.DID_NOT_RUN, "The notebook's process had ended before."),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known about a test cell."""

    verdict: Verdict
    points: float | None
    """None: no evidence, a person has to look."""
    reason: str
    """One sentence; empty where the verdict says it all."""


def canaries() -> tuple[tuple[str, bool], ...]:
    """Return statements to run around a test, and whether each must pass; others at each call."""
    found = []
    for must_pass in (True, False, False):
        left, right = secrets.randbelow(90_000) + 10_000, secrets.randbelow(90_000) + 10_000
        total = left + right + (0 if must_pass else 1 + secrets.randbelow(9_000))
        found.append((f"assert {left} + {right} == {total}", must_pass))
    secrets.SystemRandom().shuffle(found)
    return tuple(found)


def judge(shown: Shown, most: float) -> Judged:
    """Return the verdict on a test worth ``most`` points."""
    if shown.end in _WITHOUT_EVIDENCE:
        verdict, reason = _WITHOUT_EVIDENCE[shown.end]
        return Judged(verdict, None, reason)
    if shown.doubts or shown.check is None:
        return Judged(Verdict.TAMPERED, None, f"This test cannot be trusted: {'; '.join(shown.doubts)}.")
    if shown.end is End.ERROR:
        return Judged(Verdict.FAILED, 0.0, "")
    return _by_number(shown.check, most)


def _by_number(check: Check, most: float) -> Judged:
    """Give part of the points where the test's last line is a number, as nbgrader does."""
    number = check.number
    if number is None:
        return Judged(Verdict.PASSED, most, "")
    if not 0 <= number <= most:
        return Judged(
            Verdict.DID_NOT_RUN, None, f"The test gave {number:g} points, which are not between 0 and {most:g}."
        )
    if number == most:
        return Judged(Verdict.PASSED, most, "")
    return Judged(Verdict.PARTLY if number > 0 else Verdict.FAILED, number, "")


def outputs_of(shown: Shown, judged: Judged, source: str) -> list[dict[str, Any]]:
    """Return what a test cell shows, in nbformat's form, so that nbgrader reads the same points from it.

    nbgrader takes every word on standard error for a failure, so what was printed there stands on standard output.
    """
    outputs = [_as_printed(output) for output in shown.outputs if output.get("output_type") == "stream"]
    outputs += [output for output in shown.outputs if output.get("output_type") == "display_data"]
    if judged.reason:
        outputs.insert(0, _printed(f"A person has to look at this test. {judged.reason}\n"))
    check = shown.check
    if check is not None and check.error and judged.verdict is Verdict.FAILED:
        outputs.append(_error(check, source))
    elif judged.verdict in (Verdict.PARTLY, Verdict.FAILED) and judged.points is not None:
        data = {"text/plain": repr(float(judged.points))}
        outputs.append({"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None})
    elif check is not None and check.text and check.number is None:
        outputs.append(_printed(f"{check.text}\n"))
    return outputs


def _as_printed(output: dict[str, Any]) -> dict[str, Any]:
    return _printed(str(output.get("text", "")))


def _printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def _error(check: Check, source: str) -> dict[str, Any]:
    lines = source.splitlines()
    said = f"{check.error}: {check.message}" if check.message else check.error
    where = []
    if 0 < check.line <= len(lines):
        where = [f"line {check.line}: {lines[check.line - 1].strip()}"]
        if hidden_lines(lines)[check.line - 1]:
            where = ["in a hidden test"]
    return {"output_type": "error", "ename": check.error, "evalue": check.message, "traceback": [*where, said]}


def hidden_lines(lines: Iterable[str], begin: str = BEGIN_HIDDEN, end: str = END_HIDDEN) -> list[bool]:
    """Tell of each line of a test whether it stands between nbgrader's marks for hidden tests, the marks included."""
    found, hidden = [], False
    for line in lines:
        hidden = begin in line or (hidden and end not in line)
        found.append(hidden or end in line)
    return found
