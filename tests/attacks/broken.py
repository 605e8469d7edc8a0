"""Submissions that are no notebook, or not the one that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from tests.attacks.model import (
    FAILED,
    MANUAL,
    NOT_RUN,
    PASSED,
    RIGHT_SQUARES,
    WRONG_SQUARES,
    Place,
    Submission,
    cell,
)

__all__ = ["ATTACKS"]

EITHER: dict[str, Any] = {
    "on_squares": PASSED | NOT_RUN,
    "on_total": PASSED | NOT_RUN,
    "on_essay": MANUAL | NOT_RUN,
}
"""Understood all the same, or left to a person."""
WITHOUT_ANSWERS: dict[str, Any] = {
    "on_squares": FAILED | NOT_RUN,
    "on_total": FAILED | NOT_RUN,
    "on_middle": FAILED | NOT_RUN,
    "on_essay": MANUAL | NOT_RUN,
}
"""The tests may be put back and fail, because nothing is there that they could pass."""
UNREADABLE: dict[str, Any] = {"on_squares": NOT_RUN, "on_total": NOT_RUN, "on_essay": MANUAL | NOT_RUN}


def _json(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    """Change the file as plain JSON, which allows what a notebook does not."""

    def spoil(data: bytes) -> bytes:
        nb = json.loads(data)
        replaced = change(nb)
        return json.dumps(nb if replaced is None else replaced).encode()

    return spoil


def _put(name: str, value: Any) -> Callable[[Any], None]:
    def change(nb: Any) -> None:
        nb[name] = value

    return change


def _put_in_cells(name: str, value: Any) -> Callable[[Any], None]:
    def change(nb: Any) -> None:
        for one in nb["cells"]:
            one[name] = value

    return change


def _put_in_nbgrader(**values: Any) -> Callable[[Any], None]:
    def change(nb: Any) -> None:
        for one in nb["cells"]:
            if "nbgrader" in one["metadata"]:
                one["metadata"]["nbgrader"] |= values

    return change


def _version_three(data: bytes) -> bytes:
    nb = nbformat.reads(data.decode(), as_version=4)
    return str(nbformat.writes(nbformat.convert(nb, 3), version=3)).encode()


def _unlink(folder: Path, _: Place) -> None:
    (folder / "task.ipynb").unlink()


def _rename(name: str) -> Callable[[Path, Place], None]:
    def change(folder: Path, _: Place) -> None:
        (folder / "task.ipynb").rename(folder / name)

    return change


def _copy(name: str) -> Callable[[Path, Place], None]:
    def change(folder: Path, _: Place) -> None:
        (folder / name).write_bytes((folder / "task.ipynb").read_bytes())

    return change


def _add_wrong_copy(folder: Path, _: Place) -> None:
    """Hand in a second notebook that nobody asked for, which is not even one."""
    (folder / "task2.ipynb").write_text("{}")
    (folder / "task (1).ipynb").write_text("not a notebook")


def _kernel(**spec: Any) -> Callable[[Any], None]:
    def change(nb: Any) -> None:
        nb.metadata["kernelspec"] = spec

    return change


def _no_kernel(nb: Any) -> None:
    nb.metadata.pop("kernelspec", None)
    nb.metadata.pop("language_info", None)


def _r_language(nb: Any) -> None:
    nb.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    nb.metadata["language_info"] = {"name": "R", "file_extension": ".r"}


def _no_ids(nb: Any) -> None:
    nb["nbformat_minor"] = 4
    for one in nb.cells:
        one.pop("id", None)


def _huge_number(data: bytes) -> bytes:
    return data.replace(b'"nbformat":', b'"huge": ' + b"9" * 6000 + b', "nbformat":', 1)


def _lone_surrogate(data: bytes) -> bytes:
    return data.replace(b"def squares", b"# \\ud800 \\udfff\\ndef squares", 1)


def _no_nul(data: bytes) -> bytes:
    return data.replace(b"def squares", b"# \\u0000\\ndef squares", 1)


def _no_grades(nb: Any) -> None:
    for one in nb.cells:
        one.metadata.pop("nbgrader", None)


def _separators(nb: Any) -> None:
    cell(nb, "squares").source = RIGHT_SQUARES.replace("\n", "\r\n") + "# end\r\r\n"


def _name_notebook(nb: Any) -> None:
    nb.metadata["name"] = "../../../../planted"
    nb.metadata["filenames"] = {"../../planted": "x"}
    nb.metadata["kernelspec"] = {"name": "../../../planted", "display_name": "x", "language": "python"}


ATTACKS: tuple[Submission, ...] = (
    Submission(name="no-kernel", tries="The notebook does not say what runs it.", change=_no_kernel),
    Submission(
        name="unknown-kernel",
        tries="The notebook asks for a kernel that nobody has.",
        change=_kernel(name="not-there", display_name="Not there", language="python"),
    ),
    Submission(name="other-language", tries="The notebook says that it is in R.", change=_r_language),
    Submission(
        name="kernel-of-its-own",
        tries="What runs the notebook is described in the notebook.",
        change=_kernel(
            name="python3", display_name="x", language="python", argv=["touch", "@PLANT@"], env={"X": "@PLANT@"}
        ),
    ),
    Submission(name="leads-elsewhere-by-names", tries="Names in the metadata lead upwards.", change=_name_notebook),
    Submission(name="version-three", tries="A notebook of an old format.", spoil=_version_three, **EITHER),
    Submission(
        name="version-two", tries="A notebook of a very old format.", spoil=_json(_put("nbformat", 2)), **UNREADABLE
    ),
    Submission(
        name="version-ninety", tries="A notebook of a format to come.", spoil=_json(_put("nbformat", 90)), **UNREADABLE
    ),
    Submission(
        name="newer-version-four",
        tries="A notebook of a format to come.",
        spoil=_json(_put("nbformat_minor", 90)),
        **EITHER,
    ),
    Submission(
        name="version-in-words", tries="The version is text.", spoil=_json(_put("nbformat", "four")), **UNREADABLE
    ),
    Submission(name="no-json", tries="Words instead of a notebook.", spoil=lambda _: b"here is my work", **UNREADABLE),
    Submission(
        name="web-page",
        tries="A page that was saved instead of the notebook.",
        spoil=lambda _: b"<!doctype html>",
        **UNREADABLE,
    ),
    Submission(name="empty-file", tries="A file of no length.", spoil=lambda _: b"", **UNREADABLE),
    Submission(name="cut-off", tries="Half of a notebook.", spoil=lambda data: data[: len(data) // 2], **UNREADABLE),
    Submission(
        name="more-after-the-end", tries="Something follows the notebook.", spoil=lambda data: data + b"}", **UNREADABLE
    ),
    Submission(name="a-list", tries="JSON, but no object.", spoil=lambda _: b"[1, 2]", **UNREADABLE),
    Submission(name="null", tries="JSON, but nothing.", spoil=lambda _: b"null", **UNREADABLE),
    Submission(name="an-empty-object", tries="JSON, but no notebook.", spoil=lambda _: b"{}", **UNREADABLE),
    Submission(
        name="zeros", tries="What is left after a full disk.", spoil=lambda data: bytes(len(data)), **UNREADABLE
    ),
    Submission(name="other-encoding", tries="UTF-16.", spoil=lambda data: data.decode().encode("utf-16"), **EITHER),
    Submission(
        name="latin-letters",
        tries="Latin-1, as old editors write it.",
        spoil=lambda data: data.replace(b"grows", b"w\xe4chst"),
        **EITHER,
    ),
    Submission(
        name="byte-order-mark", tries="UTF-8 as Windows writes it.", spoil=lambda data: b"\xef\xbb\xbf" + data, **EITHER
    ),
    Submission(name="no-cells", tries="A notebook without cells.", spoil=_json(_put("cells", [])), **WITHOUT_ANSWERS),
    Submission(
        name="cells-are-an-object", tries="Cells are not a list.", spoil=_json(_put("cells", {"a": 1})), **UNREADABLE
    ),
    Submission(name="cells-are-numbers", tries="Cells are numbers.", spoil=_json(_put("cells", [1, 2])), **UNREADABLE),
    Submission(name="metadata-is-null", tries="No metadata.", spoil=_json(_put("metadata", None)), **EITHER),
    Submission(
        name="metadata-of-cells-is-text",
        tries="Text as metadata.",
        spoil=_json(_put_in_cells("metadata", "x")),
        **UNREADABLE,
    ),
    Submission(
        name="sources-are-numbers", tries="Numbers as text.", spoil=_json(_put_in_cells("source", 1)), **UNREADABLE
    ),
    Submission(
        name="sources-are-deep-lists",
        tries="Lists as text.",
        spoil=_json(_put_in_cells("source", [["x"], {}])),
        **UNREADABLE,
    ),
    Submission(
        name="unknown-kind-of-cells",
        tries="Cells of another kind.",
        spoil=_json(_put_in_cells("cell_type", "x")),
        **UNREADABLE,
    ),
    Submission(name="outputs-are-text", tries="Text as outputs.", spoil=_json(_put_in_cells("outputs", "x")), **EITHER),
    Submission(
        name="marks-are-text",
        tries="Points that are no numbers.",
        spoil=_json(_put_in_nbgrader(points="many", schema_version=3)),
        **EITHER,
    ),
    Submission(
        name="marks-are-not-numbers",
        tries="Points that are not a number, and infinite.",
        spoil=_json(_put_in_nbgrader(points=float("nan"))),
        **EITHER,
    ),
    Submission(
        name="marks-of-another-version",
        tries="nbgrader's own data of a version to come.",
        spoil=_json(_put_in_nbgrader(schema_version=99)),
        **EITHER,
    ),
    Submission(
        name="marks-of-an-old-version",
        tries="nbgrader's own data of an old version.",
        spoil=_json(_put_in_nbgrader(schema_version=1)),
        **EITHER,
    ),
    Submission(
        name="names-lead-upwards",
        tries="Names of cells that look like paths.",
        spoil=_json(_put_in_nbgrader(grade_id="../../planted")),
        **EITHER,
    ),
    Submission(
        name="names-are-lists",
        tries="Names that are no text.",
        spoil=_json(_put_in_nbgrader(grade_id=[1])),
        **EITHER,
    ),
    Submission(
        name="checksums-are-wrong",
        tries="Checksums of something else.",
        spoil=_json(_put_in_nbgrader(checksum="0" * 32)),
    ),
    Submission(name="huge-number", tries="A number of six thousand digits.", spoil=_huge_number, **EITHER),
    Submission(name="half-a-letter", tries="Text that no encoding can hold.", spoil=_lone_surrogate, **EITHER),
    Submission(
        name="no-letter-at-all",
        tries="Text with a character that ends texts elsewhere.",
        spoil=_no_nul,
        **(EITHER | {"on_squares": PASSED | NOT_RUN | FAILED}),
    ),
    Submission(name="odd-line-ends", tries="Separators of lines that are none for Python.", change=_separators),
    Submission(
        name="cells-share-an-id", tries="Every cell has the same identifier.", spoil=_json(_put_in_cells("id", "same"))
    ),
    Submission(
        name="cells-without-ids", tries="A notebook of an older format, as many programs write it.", change=_no_ids
    ),
    Submission(
        name="without-nbgraders-data",
        tries="Another program took nbgrader's data out.",
        change=_no_grades,
        **EITHER,
    ),
    Submission(name="no-notebook", tries="The folder is empty.", arrange=_unlink, **UNREADABLE),
    Submission(
        name="other-name", tries="The notebook has another name.", arrange=_rename("my task.ipynb"), **UNREADABLE
    ),
    Submission(
        name="look-alike-name",
        tries="One letter of the name is Cyrillic.",
        arrange=_rename("t\u0430sk.ipynb"),
        **UNREADABLE,
    ),
    Submission(
        name="name-in-capitals", tries="The name is written otherwise.", arrange=_rename("TASK.IPYNB"), **UNREADABLE
    ),
    Submission(name="extra-notebook", tries="A copy of the notebook lies beside it.", arrange=_copy("task-copy.ipynb")),
    Submission(name="extra-broken-notebooks", tries="Broken notebooks lie beside it.", arrange=_add_wrong_copy),
    Submission(
        name="extra-notebook-with-dots", tries="The name of a copy begins with dots.", arrange=_copy("..task.ipynb")
    ),
    Submission(
        name="extra-notebook-and-wrong",
        tries="The right work has another name.",
        arrange=_copy("task\u200b.ipynb"),
        squares=WRONG_SQUARES,
        on_squares=FAILED,
    ),
)
