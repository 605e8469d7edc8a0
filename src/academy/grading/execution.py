"""From notebook bytes to notebook bytes: every code cell run in one confined process, every test with its verdict.

A pure function of its arguments as far as anything outside can tell: it reads no gradebook and writes no file. The
verdicts stand in the cells' metadata, under ``academy``.
"""

from __future__ import annotations

import ast
import functools
import json
import os
from collections.abc import Container, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from academy.grading.evidence import Judged, canaries, judge, outputs_of
from academy.grading.model import Verdict
from academy.grading.shown import safe_outputs
from academy.kernels import trial
from academy.kernels.coded import code, defined_in
from academy.kernels.model import Confinement, Limits
from academy.kernels.steps import Doing, End, Shown, Step

__all__ = ["Run", "execute", "has_code", "imports", "own_names", "verdicts"]

_TIMEOUT_ERROR = {
    "output_type": "error",
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["This cell took longer than the time limit."],
}
_LIMITS = Limits(memory=512, cpu=300, processes=64)


@dataclass(frozen=True, slots=True)
class Run:
    """How notebooks of an assignment are run."""

    seconds: float = 30.0
    """Time limit of a cell."""
    notebook_seconds: float = 600.0
    """Time limit of a notebook."""
    modules: tuple[str, ...] = ()
    """Libraries that the process has in memory when it starts."""
    confinement: Confinement = field(default_factory=lambda: Confinement(limits=_LIMITS))
    own_names: frozenset[str] = frozenset()
    """Names that the instructor's own version of the notebooks defines."""
    not_run: frozenset[str] = frozenset()
    """nbgrader's names of cells that are data: they are never run."""


def has_code(nb: Mapping[str, Any], data: Container[str]) -> bool:
    """Tell whether there is anything to run in a notebook: cells that hold answers are ``data``."""
    return any(_is_run(cell, data) for cell in nb["cells"])


async def execute(
    notebook: bytes, run: Run, files: Path | None = None, *, room: AbstractAsyncContextManager[None] | None = None
) -> bytes:
    """Run the code cells of a notebook that nbgrader has put in order, beside copies of ``files``.

    ``room`` is held while cells run. Raises ``UntrustedCodeRefused`` and ``KernelNotStarted``.
    """
    nb = json.loads(notebook)
    cells = [cell for cell in nb["cells"] if _is_run(cell, run.not_run)]
    if cells and _foreign(nb) is None:
        steps = [_step(cell, run) for cell in cells]
        shown = await trial.run(
            [step for step in steps if step is not None],
            files=files,
            confinement=run.confinement,
            environment=_environment(),
            modules=run.modules,
            seconds=run.notebook_seconds,
            room=room,
        )
        answers = iter(shown)
        for cell, step in zip(cells, steps, strict=True):
            _write(cell, next(answers) if step is not None else None)
    elif cells:
        for cell in cells:
            _write(cell, None, reason=f"This notebook is written in {_foreign(nb)}, which cannot be run here.")
    for count, cell in enumerate((one for one in nb["cells"] if one["cell_type"] == "code"), start=1):
        _count(cell, count)
    return json.dumps(nb).encode()


def _is_run(cell: Mapping[str, Any], data: Container[str]) -> bool:
    about = _about(cell)
    return cell["cell_type"] == "code" and about.get("grade_id") not in data and bool(_source(cell).strip())


def _about(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    about = cell.get("metadata", {}).get("nbgrader")
    return about if isinstance(about, dict) else {}


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else str(source)


def is_test(cell: Mapping[str, Any]) -> bool:
    """Tell whether a cell is an autograded test."""
    about = _about(cell)
    return cell["cell_type"] == "code" and bool(about.get("grade")) and not about.get("solution")


def _foreign(nb: Mapping[str, Any]) -> str | None:
    """Return the notebook's language if it is not Python."""
    spec = nb.get("metadata", {}).get("kernelspec") or {}
    language = str(spec.get("language") or spec.get("name") or "python")
    return None if language.lower().startswith(("python", "ipython")) else language[:40]


def _step(cell: Mapping[str, Any], run: Run) -> Step | None:
    """Return how to run a cell; None for a test that is no Python."""
    source, about = _source(cell), _about(cell)
    plain = _plain_python(source) if _is_instructors(cell) else None
    if is_test(cell):
        if plain is None:
            return None
        return Step(doing=Doing.TEST, source=plain, seconds=run.seconds, canaries=canaries(), own_names=run.own_names)
    locked = bool(about.get("locked")) and not about.get("solution") and plain is not None
    return Step(
        doing=Doing.LOCKED if locked else Doing.RUN,
        source=plain if locked and plain is not None else source,
        seconds=run.seconds,
    )


def _is_instructors(cell: Mapping[str, Any]) -> bool:
    about = _about(cell)
    return is_test(cell) or (bool(about.get("locked")) and not about.get("solution"))


@functools.lru_cache(maxsize=256)  # the same tests stand in every submission
def _plain_python(source: str) -> str | None:
    """Return a test as plain Python, which it mostly is; None where it is none."""
    for translate in (str, _from_ipython):
        try:
            plain = translate(source)
            code(plain, "<a look>")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return plain
    return None


def _from_ipython(source: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415 - slow, and hardly ever needed

    return str(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "LC_CTYPE", "TZ") if name in os.environ}
    return kept | {
        "PATH": "/usr/bin:/bin",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "NBGRADER_EXECUTION": "autograde",
    }


def _write(cell: dict[str, Any], shown: Shown | None, *, reason: str = "The test is not Python.") -> None:
    """Write what came of a cell into it."""
    if is_test(cell):
        most = float(_about(cell)["points"])
        judged = judge(shown, most) if shown else Judged(Verdict.DID_NOT_RUN, None, reason)
        cell["outputs"] = safe_outputs(outputs_of(shown or Shown(end=End.NOT_REACHED), judged, _source(cell)))
        cell["metadata"]["academy"] = {
            "verdict": str(judged.verdict), "points": judged.points, "reason": judged.reason,
            "stderr": any(one.get("name") == "stderr" for one in (shown.outputs if shown else ())),
        }  # fmt: skip
    elif shown is not None:
        late = [_TIMEOUT_ERROR] if shown.end is End.TIMED_OUT else []
        cell["outputs"] = safe_outputs([*shown.outputs, *late])


def _count(cell: dict[str, Any], count: int) -> None:
    cell["execution_count"] = count
    for output in cell.get("outputs", []):
        if output.get("output_type") == "execute_result":
            output["execution_count"] = count


def verdicts(nb: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return what was found out about each test, by nbgrader's name of the cell."""
    found: dict[str, Mapping[str, Any]] = {}
    for cell in nb["cells"]:
        about, known = _about(cell), cell.get("metadata", {}).get("academy")
        if isinstance(known, dict) and "verdict" in known and about.get("grade_id"):
            found[str(about["grade_id"])] = known
    return found


def imports(notebooks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the libraries that an instructor's notebooks import, to have them in memory before the first is run."""
    found: set[str] = set()
    for nb in notebooks:
        for cell in nb["cells"]:
            if cell["cell_type"] == "code":
                found |= _imported(_source(cell))
    return tuple(sorted(found))


def own_names(notebooks: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the names that an instructor's notebooks define."""
    cells = [cell for nb in notebooks for cell in nb["cells"] if cell["cell_type"] == "code"]
    return frozenset(defined_in(_source(cell) for cell in cells))


def _imported(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found
