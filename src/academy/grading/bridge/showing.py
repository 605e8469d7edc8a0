"""What pages show of a marked notebook: nothing that hidden tests said, and nothing that a browser would run.

Whatever a learner's code printed, displayed or raised once hidden tests had been near it may hold what it saw there, in
any disguise. So none of it is shown to her; facilitators see all of it in formgrader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbconvert.preprocessors.base import Preprocessor
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors.base import NbGraderPreprocessor
from nbgrader.preprocessors.clearhiddentests import ClearHiddenTests

from academy.grading.evidence import hidden_lines
from academy.grading.model import Verdict

__all__ = ["HideWhatHiddenTestsSaid", "ShowHarmlessly"]

Step = tuple[NotebookNode, dict[str, Any]]

VERDICTS: Mapping[str, str] = {
    Verdict.PASSED: "This test passed",
    Verdict.FAILED: "This test did not pass",
    Verdict.PARTLY: "This test gave part of the points",
    Verdict.DID_NOT_RUN: "This test gave no result, so a person looks at it",
    Verdict.TIMED_OUT: "This test took too long, so a person looks at it",
    Verdict.OUT_OF_MEMORY: "This test needed too much memory, so a person looks at it",
    Verdict.KERNEL_DIED: "This test did not come to its end, so a person looks at it",
    Verdict.TAMPERED: "This test gave no clear result, so a person looks at it",
}
UNKNOWN = "This test was marked"
NOT_SHOWN = "; what was printed while it ran is not shown."
AFTERWARDS = "What a cell shows after hidden tests have run is not shown here.\n"
SHORTEST = 4
"""Characters from which on a line of a hidden test is looked for in what other cells have shown."""


class HideWhatHiddenTestsSaid(NbGraderPreprocessor):
    """Takes out of feedback what hidden tests have shown and whatever could repeat it.

    It stands before nbgrader's ``ClearHiddenTests``, which removes the tests themselves and the marks around them.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Replace outputs of tests with hidden parts, and of all cells that ran after the first of them."""
        marks = ClearHiddenTests(parent=self)
        begin, end = marks.begin_test_delimeter, marks.end_test_delimeter
        tests = [_lines(cell.source, begin, end) for cell in nb.cells if _is_test(cell)]
        hidden = {line for lines in tests for line, is_hidden in lines if is_hidden and len(line) >= SHORTEST}
        said = False
        for cell in nb.cells:
            if not _is_test(cell):
                cell.source = _without_marks(cell.source, begin, end)
            if cell.cell_type != "code" or _was_only_read(cell):
                continue
            said = said or (_is_test(cell) and begin in cell.source)
            if not said:
                cell.outputs = [_without_lines(output, hidden) for output in cell.outputs]
            elif _is_test(cell):
                cell.outputs = [_printed(_in_a_sentence(cell, _lines(cell.source, begin, end)))]
            elif cell.outputs:
                cell.outputs = [_printed(AFTERWARDS)]
        return nb, resources


def _is_test(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell))


def _was_only_read(cell: NotebookNode) -> bool:
    """Tell whether the cell belongs to a question, whose answer is read and never run: we wrote its output."""
    return cell.metadata.get("academy", {}).get("ran") is False


def _lines(source: str, begin: str, end: str) -> list[tuple[str, bool]]:
    """Return the lines of a test without their indents, and whether each is hidden."""
    lines = source.split("\n")
    return [(line.strip(), hidden) for line, hidden in zip(lines, hidden_lines(lines, begin, end), strict=True)]


def _without_marks(source: str, begin: str, end: str) -> str:
    """Return a learner's text so that nobody takes words of hers for nbgrader's marks; it looks the same."""
    for mark in (begin, end):
        source = source.replace(mark, mark.replace(" ", "\N{NO-BREAK SPACE}"))
    return source


def _without_lines(output: NotebookNode, hidden: set[str]) -> NotebookNode:
    """Drop lines of hidden tests from an error."""
    if output.output_type == "error":
        kept = [line for line in "\n".join(output.traceback).split("\n") if not any(part in line for part in hidden)]
        output.traceback = kept
        output.evalue = "" if any(part in output.evalue for part in hidden) else output.evalue
    return output


def _in_a_sentence(cell: NotebookNode, lines: list[tuple[str, bool]]) -> str:
    verdict = cell.metadata.get("academy", {}).get("verdict")
    return f"{VERDICTS.get(verdict, UNKNOWN)}{_where(cell, lines)}{NOT_SHOWN}\n"


def _where(cell: NotebookNode, lines: list[tuple[str, bool]]) -> str:
    """Name the line at which a test stopped, if it is one of those that everybody can read."""
    seen = {f"line {number}: {line}" for number, (line, hidden) in enumerate(lines, start=1) if line and not hidden}
    said = {str(line) for output in cell.outputs if output.output_type == "error" for line in output.traceback}
    found = sorted(seen & said)
    return f" ({found[0]})" if found else ""


def _printed(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text)


_TAGS = (
    "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul",
)  # fmt: skip
_ATTRIBUTES = {"td": ["colspan", "rowspan"], "th": ["colspan", "rowspan"]}
_NO_TEXT = re.compile(r"<(script|style|title|template)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_LONGEST_HTML = 200_000
_PICTURES = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_AS_TEXT = ("text/markdown", "text/latex", "text/plain")
_NOTHING = "This cannot be shown here."


class ShowHarmlessly(Preprocessor):
    """Leaves of outputs what a browser only displays: tables and words, pictures, text. Part of every HTML page.

    nbconvert's templates trust more than that: code and markup in outputs, and values in their metadata.
    """

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Rebuild every output from its harmless parts, and drop metadata that templates would act upon."""
        nb.metadata.pop("widgets", None)
        for cell in nb.cells:
            kept = {name: cell.metadata[name] for name in ("nbgrader", "academy") if name in cell.metadata}
            cell.metadata = NotebookNode(kept)
            if cell.cell_type == "code":
                cell.outputs = [harmless for output in cell.outputs for harmless in _harmless(output)]
        return nb, resources


def _harmless(output: Mapping[str, Any]) -> list[NotebookNode]:
    """Return an output without what could act; none where it has no form that is known."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return [new_output("stream", name=name, text=_text(output.get("text")))]
    if kind == "error":
        lines = output.get("traceback")
        traceback = [_text(line) for line in lines] if isinstance(lines, list) else []
        said = {name: _text(output.get(name)) for name in ("ename", "evalue")}
        return [new_output("error", **said, traceback=traceback or [f"{said['ename']}: {said['evalue']}"])]
    data = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return []
    more = {"execution_count": None} if kind == "execute_result" else {}
    return [new_output(kind, _data(data) or {"text/plain": _NOTHING}, **more)]


def _data(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the best harmless form of something displayed, and its text."""
    found = {kind: _text(data[kind]) for kind in _AS_TEXT if kind in data}
    for kind in _PICTURES:
        if kind in data and _BASE64.fullmatch(_text(data[kind])):
            found = {kind: _text(data[kind])} | found
    if "image/svg+xml" in data:
        found["image/svg+xml"] = _text(data["image/svg+xml"])  # shown as a picture, in which nothing acts
    if "text/html" in data and (html := _sanitised(_text(data["text/html"]))):
        found["text/html"] = html
    return found


def _sanitised(html: str) -> str:
    """Return tables, lists and words without any address, handler or style; empty where that is not possible."""
    if len(html) > _LONGEST_HTML:
        return ""
    sanitise = SanitizeHTML(tags=list(_TAGS), attributes=_ATTRIBUTES, styles=[], strip=True)
    try:
        return str(sanitise.sanitize_html_tags(_NO_TEXT.sub("", html)))
    except Exception:  # noqa: BLE001 - whatever the parser cannot read is shown as text or not at all
        return ""


def _text(value: Any) -> str:
    """Return what nbformat keeps as a text or as a list of its lines."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(str(part) for part in value)
    return "" if value is None else str(value)
