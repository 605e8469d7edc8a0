"""Hostile and broken submissions, marked in one batch with honest ones: what is earned, and what is left."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from academy.kernels.layers import layers
from academy.kernels.model import Layer
from tests.attacks import (
    broken,
    editing,
    ending,
    exhausting,
    files,
    honest,
    knowing,
    messages,
    names,
    network,
    processes,
    reading,
    rebinding,
    stack,
)
from tests.attacks.course import ASSIGNMENT, make_course, set_up, students
from tests.attacks.model import PLANTED, Place, Submission
from tests.attacks.watched import ROOT, run

FORGING = (rebinding, stack, ending, editing, knowing)
KINDS = (reading, network, exhausting, files, processes, *FORGING, messages, broken, names)
ATTACKS = tuple(attack for kind in KINDS for attack in kind.ATTACKS)
EVERY = 20
"""After so many attacks comes an honest neighbour."""
SECRETS = ("environment", "gradebook", "source", "submission", "home", "exchange")
LARGEST = 8_000_000
"""Bytes that a marked notebook may have, whatever was printed."""
SECONDS = 400
JOBS = "4"
"""Notebooks at once: most of the time is spent waiting for what never ends."""
GAPS = (Layer.NAMESPACES, Layer.FILE_TREE, Layer.PROCESSES)
"""Layers that cannot be had without user namespaces."""

pytestmark = pytest.mark.skipif(
    shutil.which("unshare") is None or not all(layer.granted for layer in layers()),
    reason="needs the program unshare and every layer of the confinement",
)


def _with_neighbours(attacks: tuple[Submission, ...]) -> dict[str, Submission]:
    """Put honest submissions between the attacks, each kind of honest submission at least once."""
    batch: list[Submission] = []
    for number in range(max(len(attacks) // EVERY + 1, len(honest.NEIGHBOURS))):
        batch += [honest.NEIGHBOURS[number % len(honest.NEIGHBOURS)], *attacks[number * EVERY : (number + 1) * EVERY]]
    return students(batch)


@dataclass(frozen=True, slots=True)
class Batch:
    """A course whose submissions have been marked."""

    place: Place
    students: Mapping[str, Submission]
    report: Mapping[str, Any]
    results: Mapping[str, Any]
    """What ``--json`` says of each student."""

    def verdicts(self, student: str) -> dict[str, str]:
        """Return the verdict of each cell; a partial mark of nothing counts as failed."""
        notebooks = self.results[student]["notebooks"]
        cells = [cell for notebook in notebooks if notebook["name"] == ASSIGNMENT for cell in notebook["cells"]]
        return {
            cell["id"]: "failed" if cell["verdict"] == "partly" and not cell["score"] else cell["verdict"]
            for cell in cells
        }

    def marked(self, student: str) -> Path:
        """Return the notebook that was written for a student; it need not exist."""
        return self.place.course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"

    def shown(self, student: str) -> str:
        """Return everything that the student's code has put out."""
        if not self.marked(student).is_file():
            return ""
        nb = json.loads(self.marked(student).read_bytes())
        return "\n".join(json.dumps(cell.get("outputs", [])) for cell in nb["cells"])


def _marked(place: Place, batch: dict[str, Submission], *options: str, namespaces: bool) -> Batch:
    make_course(place)
    set_up(place, batch)
    command = ["grade", "attacks", ASSIGNMENT, "--course-dir", str(place.course), "--json", "--jobs", JOBS, *options]
    report = run(place, command, namespaces=namespaces, seconds=SECONDS)
    try:
        said = json.loads(report["said"])["submissions"]
    except ValueError:
        said = []
    return Batch(place=place, students=batch, report=report, results={one["student"]: one for one in said})


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batch]:
    """Mark every attack and its neighbours, once."""
    named = _with_neighbours(ATTACKS)
    base = tmp_path_factory.mktemp("attacks")
    yield _marked(Place(base=base, neighbour=next(iter(named))), named, namespaces=True)
    shutil.rmtree(base, ignore_errors=True)


def _check(batch: Batch, student: str, submission: Submission) -> None:
    """Compare the verdicts of one submission with those that are right, and look for what must not be there."""
    assert student in batch.results, batch.report["complained"][-300:]
    verdicts = batch.verdicts(student)
    wrong = {cell: verdicts.get(cell) for cell, right in submission.expected.items() if verdicts.get(cell) not in right}
    shown = batch.shown(student)
    assert not wrong, (wrong, batch.results[student]["notes"], shown[-2000:])
    assert "reached:" not in shown, shown[-2000:]
    if submission.refused and shown and "CellTimeoutError" not in shown:
        assert shown.count("refused:") == submission.refused, shown[-2000:]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_earns_nothing_that_it_does_not_deserve(batch: Batch, attack: Submission) -> None:
    """Every verdict is one of those that are right, and everything that was attempted was refused."""
    (student,) = (student for student, submission in batch.students.items() if submission is attack)
    _check(batch, student, attack)


@pytest.mark.parametrize("neighbour", honest.NEIGHBOURS, ids=lambda neighbour: neighbour.name)
def test_honest_neighbours_get_their_marks(batch: Batch, neighbour: Submission) -> None:
    """Wherever they stand among the attacks."""
    for student, submission in batch.students.items():
        if submission is neighbour:
            _check(batch, student, neighbour)


def test_the_grader_ends_well(batch: Batch) -> None:
    """Nothing that was handed in stops it, and no evidence is invented: points only with a verdict that gives them."""
    assert batch.report["code"] == 0, batch.report["complained"][-3000:]
    for result in batch.results.values():
        for cell in (cell for notebook in result["notebooks"] for cell in notebook["cells"]):
            right = {"passed": cell["max"], "failed": 0}.get(cell["verdict"], cell["score"])
            assert cell["score"] == right, (result["student"], cell)
            assert (cell["score"] is None) == (cell["verdict"] not in {"passed", "partly", "failed"}), (result, cell)
            assert cell["score"] is None or 0 <= cell["score"] <= cell["max"], (result["student"], cell)


def test_nothing_is_left_behind(batch: Batch) -> None:
    """No process, no socket, no shared memory, no file."""
    assert batch.report["processes"] == []
    assert batch.report["sockets"] == []
    assert batch.report["memory"] == []
    assert [str(path) for path in batch.place.temporary.rglob("*")] == []
    assert not batch.place.plant.exists()
    assert [str(path) for path in batch.place.base.rglob("planted*")] == []


def test_nobody_was_called(batch: Batch) -> None:
    """Listeners for every kind of socket have heard nothing."""
    assert batch.report["called"] == []


def test_what_was_handed_in_stays_as_it_was(batch: Batch) -> None:
    """A neighbour's work, the source and the release are untouched."""
    own = (batch.place.course / "submitted" / batch.place.neighbour / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert batch.place.secret("submission") in own
    source = (batch.place.course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert batch.place.secret("source") in source


def test_the_gradebook_holds_what_was_said(batch: Batch) -> None:
    """Every automatic mark is the one of ``--json``; nobody has marked anything by hand."""
    with Gradebook(f"sqlite:///{batch.place.course / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(ASSIGNMENT):
            said = batch.results[submission.student.id]["notebooks"]
            scores = {cell["id"]: cell["score"] for notebook in said for cell in notebook["cells"]}
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    assert grade.manual_score is None
                    assert grade.auto_score == scores[grade.name], (submission.student.id, grade.name)
                    assert grade.needs_manual_grade == (scores[grade.name] is None), (submission.student.id, grade.name)


def _written(batch: Batch, folder: str) -> Iterator[tuple[str, Path, bytes]]:
    """Yield every file that was written for a student in one of nbgrader's folders."""
    for student in batch.students:
        for path in sorted((batch.place.course / folder / student).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield student, path, path.read_bytes()


def test_no_secret_reaches_a_marked_notebook(batch: Batch) -> None:
    """Neither the grader's nor anybody else's."""
    found = [
        (student, path.name, secret)
        for student, path, data in _written(batch, "autograded")
        for secret in SECRETS
        if batch.place.secret(secret).encode() in data and (secret, student) != ("submission", batch.place.neighbour)
    ]
    assert found == []


def test_links_stay_behind(batch: Batch) -> None:
    """What was marked holds plain files only, each with one name."""
    entries = list((batch.place.course / "autograded").rglob("*"))
    odd = [str(path) for path in entries if path.is_symlink() or not (path.is_file() or path.is_dir())]
    assert odd == []
    assert [str(path) for path in entries if path.is_file() and path.stat().st_nlink > 1] == []


def test_a_marked_notebook_has_a_bounded_size(batch: Batch) -> None:
    """Whatever was printed; who handed in a large notebook may get it back."""
    for student, submission in batch.students.items():
        marked = batch.marked(student)
        handed_in = batch.place.course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        if marked.is_file() and handed_in.is_file():
            assert marked.stat().st_size < LARGEST + 2 * handed_in.stat().st_size, submission.name


FEEDBACK = """
import json, sys
from pathlib import Path
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from academy.grading.model import CourseFolder
from academy.grading.settings import course_settings
config, root = Config(), Path(sys.argv[1])
course_settings(config, CourseFolder(root=root, course_id="attacks", exchange=Path(sys.argv[2])))
for student in json.loads(sys.argv[4]):
    directory = CourseDirectory(config=config, assignment_id=sys.argv[3], student_id=student)
    converter = GenerateFeedback(coursedir=directory, config=config)
    converter.force = True
    try:
        converter.start()
    except NbGraderException:
        pass
"""
READ_BY_PEOPLE = (*messages.ATTACKS, *stack.ATTACKS, *reading.ATTACKS, *honest.NEIGHBOURS)
"""Submissions whose feedback is written: the others differ from these in nothing that a page shows."""


WALLS = (reading, network, exhausting, files, processes)
"""Kinds of attacks that the layers of the confinement contain; the others are met before or after the code runs."""


def _contained_without_namespaces() -> tuple[Submission, ...]:
    """Return the attacks that the remaining layers contain."""
    return tuple(attack for kind in WALLS for attack in kind.ATTACKS if not attack.needs & set(GAPS))


@pytest.fixture(scope="module")
def batch_without_namespaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batch]:
    """Mark what the remaining layers contain, where there are no user namespaces and somebody has said so."""
    named = _with_neighbours(_contained_without_namespaces())
    base = tmp_path_factory.mktemp("attacks-without")
    accepted = ",".join(layer.value for layer in GAPS)
    place = Place(base=base, neighbour=next(iter(named)))
    yield _marked(place, named, "--run-untrusted-code-without", accepted, namespaces=False)
    shutil.rmtree(base, ignore_errors=True)


def test_without_namespaces_nothing_is_run(tmp_path: Path) -> None:
    """The grader refuses, and names the layer that is missing."""
    named = students(honest.NEIGHBOURS[:2])
    refused = _marked(Place(base=tmp_path, neighbour=next(iter(named))), named, namespaces=False)
    assert refused.report["code"] == 2
    assert "“namespaces”" in refused.report["complained"]
    assert refused.results == {}
    assert list((tmp_path / "course" / "autograded").glob("*")) == []
    assert refused.report["processes"] == []


@pytest.mark.parametrize("attack", _contained_without_namespaces(), ids=lambda attack: attack.name)
def test_the_remaining_layers_hold(batch_without_namespaces: Batch, attack: Submission) -> None:
    """What somebody runs without namespaces on her own word is still marked as it deserves."""
    batch = batch_without_namespaces
    (student,) = (student for student, submission in batch.students.items() if submission is attack)
    _check(batch, student, attack)


def test_without_namespaces_too_nothing_is_left(batch_without_namespaces: Batch) -> None:
    """No process, no socket, no file; neighbours get their marks."""
    batch = batch_without_namespaces
    for student, submission in batch.students.items():
        if submission in honest.NEIGHBOURS:
            _check(batch, student, submission)
    assert batch.report["code"] == 0
    assert batch.report["processes"] == []
    assert batch.report["sockets"] == []
    assert batch.report["called"] == []
    assert [str(path) for path in batch.place.base.rglob("planted*")] == []


def _read_by_people(batch: Batch) -> list[str]:
    return [student for student, submission in batch.students.items() if submission in READ_BY_PEOPLE]


@pytest.fixture(scope="module")
def pages(batch: Batch) -> dict[str, str]:
    """Write feedback and return the pages by student."""
    wanted = _read_by_people(batch)
    command = [sys.executable, "-c", FEEDBACK, str(batch.place.course), str(batch.place.exchange), ASSIGNMENT]
    done = subprocess.run(
        [*command, json.dumps(wanted)], capture_output=True, text=True, cwd=ROOT, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {student: data.decode() for student, path, data in _written(batch, "feedback") if path.suffix == ".html"}


def test_everybody_whose_work_was_read_gets_a_page(batch: Batch, pages: dict[str, str]) -> None:
    """So the checks below look at something."""
    assert set(pages) == {student for student in _read_by_people(batch) if batch.marked(student).is_file()}
    assert len(pages) > len(READ_BY_PEOPLE) // 2


def test_no_secret_and_no_hidden_test_reaches_feedback(batch: Batch, pages: dict[str, str]) -> None:
    """Not even where the code printed what it found on the stack."""
    found = [
        (student, secret)
        for student, page in pages.items()
        for secret in (*SECRETS, "hidden-tests")
        if batch.place.secret(secret) in page and (secret, student) != ("submission", batch.place.neighbour)
    ]
    assert found == []


class Reader(HTMLParser):
    """Collects whatever would run in a browser, or be fetched by it, and carries the mark of what was planted."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at every attribute that does something."""
        self._open = tag
        for name, value in attrs:
            text = "".join((value or "").split()).lower()
            runs = name.startswith("on") or text.startswith(("javascript:", "data:text", "data:image/svg"))
            fetches = name in {"src", "srcset", "srcdoc", "data", "poster", "background", "style", "content"}
            fetches = fetches or (name == "href" and tag in {"link", "base", "image", "use"})
            if (PLANTED in text and (runs or fetches)) or (fetches and "192.0.2." in text):
                self.found.append(f"<{tag} {name}={value}>"[:300])

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - given by the base class
        """Leave the element."""
        self._open = ""

    def handle_data(self, data: str) -> None:
        """Look at what is a program or a style."""
        if self._open in {"script", "style"} and PLANTED in data:
            self.found.append(f"<{self._open}>{data}"[:300])


def test_nothing_that_was_planted_runs_in_feedback(pages: dict[str, str]) -> None:
    """Scripts are text there, and nothing is fetched from anywhere."""
    found = {}
    for student, page in pages.items():
        reader = Reader()
        reader.feed(page)
        if reader.found:
            found[student] = reader.found
    assert found == {}
