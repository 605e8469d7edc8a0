"""An assessment's notebook: equal scores in stock nbgrader, no key for learners, answers that come back."""

from __future__ import annotations

import ast
import copy
import functools
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import CheckCellMetadata, ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells
from nbgrader.utils import determine_grade
from traitlets.config import Config

from academy.content.build import build_assessment
from academy.content.notebook import CODE_STUB, ESSAY_STUB, question_cells, read_answers, write_answers
from academy.content.questions import Essay, Question, slug_of
from academy.content.scoring import answer_key, score
from tests.content_samples import anything, catalogue, parse, plausible, question, questions

AUTOMATIC = [asked for asked in questions() if not isinstance(asked, Essay)]
every_type = pytest.mark.parametrize("asked", AUTOMATIC, ids=lambda asked: asked.id)


@functools.cache
def instructor() -> NotebookNode:
    """Build the instructor's notebook of the sample assessment."""
    return build_assessment(catalogue().assessment("sample"))


@functools.cache
def learner() -> NotebookNode:
    """Make the learner's notebook with nbgrader's own steps, in nbgrader's order."""
    nb = copy.deepcopy(instructor())
    config = Config()
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    for step in (LockCells, ClearSolutions, CheckCellMetadata, ComputeChecksums, ClearHiddenTests, ComputeChecksums):
        nb, _ = step(config=config).preprocess(nb, {"nbgrader": {}})
    return nb


def source(nb: NotebookNode, grade_id: str) -> str:
    """Return the source of the cell with this grade_id."""
    return next(str(cell.source) for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def run_test_cell(code: str, names: dict[str, Any]) -> Any:
    """Run a test cell as a kernel does and return the value of its last expression."""
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own cell
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 - our own cell


CODE = {asked.id: source(instructor(), f"{slug_of(asked.id)}-test") for asked in AUTOMATIC}


def stock_points(asked: Question, solution: str) -> float:
    """Return the points that nbgrader gives for the text of a solution cell."""
    names: dict[str, Any] = {}
    exec(solution, names)  # noqa: S102 - a literal that this test wrote
    value = run_test_cell(CODE[asked.id], names)
    cell = nbformat.v4.new_code_cell(
        metadata={"nbgrader": {"grade": True, "solution": False, "points": asked.points}},
        outputs=[nbformat.v4.new_output("execute_result", {"text/plain": repr(value)})],
    )
    return float(determine_grade(cell)[0])


@every_type
@settings(deadline=None)
@given(data=st.data())
def test_stock_nbgrader_gives_exactly_our_score(asked: Question, data: st.DataObject) -> None:
    """For any answer of any type the hidden cell's value, read as nbgrader reads it, is our score."""
    answer = data.draw(plausible(asked) | anything.filter(lambda value: value == value))  # noqa: PLR0124 - no nan literal
    answer = None if "inf" in repr(answer) or "nan" in repr(answer) else answer
    assert stock_points(asked, f"answer = {answer!r}") == score(asked, answer).points


@every_type
def test_stock_nbgrader_gives_full_marks_for_the_solution_and_zero_for_the_stub(asked: Question) -> None:
    """The instructor's own solution scores everything, the learner's untouched cell nothing."""
    assert stock_points(asked, source(instructor(), slug_of(asked.id))) == asked.points
    assert stock_points(asked, source(learner(), slug_of(asked.id))) == 0


def test_an_answer_is_not_carried_over_to_the_next_question() -> None:
    """If a learner's cell fails, the answer of the question before does not stand in for it."""
    names: dict[str, Any] = {"answer": "b"}
    run_test_cell(CODE["S.single"], names)
    assert run_test_cell(CODE["S.scenario"], names) == 0


def test_the_learners_notebook_holds_no_key_and_no_rationale() -> None:
    """No key, hidden test, rationale or graders' guidance stands in the source or metadata of the learner's cells."""
    text = json.dumps(learner(), ensure_ascii=False)
    secrets = [why for asked in questions() for why in _reasons(json.loads(asked.model_dump_json()))]
    assert len(secrets) == 20
    assert not [secret for secret in [*secrets, "GUIDANCE-FOR-GRADERS"] if secret in text]
    for word in ("HIDDEN", "SOLUTION", "_share", "key =", '"right"', "accept", "12.92"):
        assert word not in text.replace("Acceptance, deterrence or protection?", "")


def _reasons(data: Any) -> list[str]:
    """Return every ``why`` in a question's data, and the accepted words."""
    if isinstance(data, list):
        return [why for part in data for why in _reasons(part)]
    if not isinstance(data, dict):
        return []
    own = [value for name, value in data.items() if name == "why" and isinstance(value, str)]
    return own + [why for part in data.values() for why in _reasons(part)]


def test_the_learners_notebook_has_no_answer() -> None:
    """Every question of the learner's version is unanswered."""
    assert read_answers(learner()) == {asked.id: None for asked in questions()}


def test_the_learners_notebook_does_not_depend_on_the_key() -> None:
    """Another key gives the same learner's notebook: nothing in it can give the key away."""
    asked = question("S.order")
    turned = asked.model_copy(update={"answer": ("field", "river", "cloud", "stone")})
    assert question_cells(turned, 4)[0].source == source(instructor(), "s-order-stem")


def test_an_order_is_never_shown_in_the_right_order() -> None:
    """The items of an order stand in the notebook in another order than the key's, also if there are only two."""
    for name in ("S.order", "S.strict"):
        asked = question(name)
        stem = source(instructor(), f"{slug_of(name)}-stem")
        shown = sorted((item.id for item in asked.items), key=lambda item: stem.index(f"`{item}`"))  # type: ignore[union-attr]
        assert tuple(shown) != asked.answer  # type: ignore[union-attr]


def test_the_notebook_is_valid_for_nbgrader() -> None:
    """nbformat and nbgrader both accept the notebook; an essay is a cell that a person marks."""
    nb = instructor()
    nbformat.validate(nb)
    MetadataValidator().validate_nb(nb)
    essay = next(cell for cell in nb.cells if cell.id == "s-essay")
    assert essay.cell_type == "markdown"
    assert essay.metadata.nbgrader == {
        "grade": True, "grade_id": "s-essay", "locked": False, "points": 8, "schema_version": 3, "solution": True,
        "task": False,
    }  # fmt: skip


# --- answers ---


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_answers_come_back_as_they_were_written(data: st.DataObject) -> None:
    """What the form can give, written into the learner's notebook and read again, is the same."""
    answers = {asked.id: data.draw(st.none() | plausible(asked), asked.id) for asked in questions()}
    nb = nbformat.reads(nbformat.writes(write_answers(learner(), answers)), as_version=4)
    assert read_answers(nb) == answers


def test_writing_answers_leaves_the_notebook_alone() -> None:
    """``write_answers`` returns a copy; questions that are not named get the empty answer."""
    written = write_answers(learner(), {"S.single": "b", "S.essay": "A plan"})
    again = write_answers(written, {"S.single": "c"})
    assert read_answers(learner())["S.single"] is None
    assert read_answers(again)["S.single"] == "c"
    assert read_answers(again)["S.essay"] is None
    assert source(again, "s-essay") == ESSAY_STUB


def test_an_answer_without_a_cell_is_not_lost_in_silence() -> None:
    """An answer to a question that the notebook does not have is refused."""
    with pytest.raises(ValueError, match=r"no cell for S\.gone"):
        write_answers(learner(), {"S.gone": "b"})


@pytest.mark.parametrize("marker", ["BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN SOLUTION", "END MARK SCHEME"])
def test_an_answer_cannot_hold_a_marker_of_nbgrader(marker: str) -> None:
    """A marker in an answer would make nbgrader cut the notebook, or fail for the whole cohort."""
    nb = write_answers(learner(), {"S.short": f"### {marker}", "S.essay": f"### {marker}"})
    assert marker not in source(nb, "s-short") + source(nb, "s-essay")
    assert read_answers(nb)["S.short"] == f"### {marker}"
    ClearHiddenTests().preprocess(nb, {})


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ('answer = "b"  # mine', "b"),
        ("answer = 77.5", "77.5"),
        ("answer = -3", "-3"),
        ("answer = 1e-7", "0.0000001"),
        ('answer = ["a", "c"]', ["a", "c"]),
        ('answer = {"r1": "h"}', {"r1": "h"}),
        ("answer = None", None),
        ("answer = True", None),
        ("answer = 1e999", None),
        ("answer = 'a' + 'b'", None),
        ("answer = f'{1}'", None),
        ("answer = open('/etc/hostname').read()", None),
        ("answer = [1, 2]", None),
        ("answer = [['a']]", None),
        ("answer = {**{'r1': 'h'}}", None),
        ("answer = b'b'", None),
        ("answer: str = 'b'", None),
        ("answer = other = 'b'", None),
        ("other = 'b'", None),
        ("answer = 'b'\nanswer = 'c'", None),
        ("answer = (", None),
        ("answer = '\x00'", None),
        ("", None),
        ("answer = " + "(" * 100_000, None),
        ("answer = " + "-" * 100_000 + "1", None),
        ("answer = " + "1+" * 50_000 + "1", None),
        ("answer = a" + ".b" * 60_000, None),
        ("answer = " + "9" * 5_000, None),
        ("answer = '" + "x" * 300_000 + "'", None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_only_a_plain_literal_is_an_answer(code: str, answer: Any) -> None:
    """A solution cell is parsed and never run: anything but one assignment of a literal is no answer."""
    nb = write_answers(learner(), {})
    next(cell for cell in nb.cells if cell.id == "s-single").source = code
    assert read_answers(nb)["S.single"] == answer


def test_spoilt_metadata_loses_only_its_own_answer() -> None:
    """Whatever a learner made of a cell's metadata, the other answers are read."""
    nb = write_answers(learner(), {"S.single": "b", "S.multi": ["a"], "S.short": "acceptance"})
    cells = {cell.id: cell for cell in nb.cells}
    cells["s-single"].metadata.academy = "S.single"
    cells["s-multi"].metadata.nbgrader = []
    cells["s-order"].metadata.academy = {"question": "S.short"}
    assert read_answers(nb)["S.short"] == "acceptance"
    assert "S.single" not in read_answers(nb)


@every_type
def test_the_key_written_as_an_answer_scores_everything(asked: Question) -> None:
    """The way of an answer through the notebook changes nothing about its score."""
    nb = write_answers(learner(), {asked.id: answer_key(asked)})
    assert score(asked, read_answers(nb)[asked.id]).points == asked.points


def test_addresses_in_a_stem_do_not_become_links() -> None:
    """Notebook programs make links of bare addresses; an invented address must not be followed."""
    assert "`https://rwn.example/apps`" in source(instructor(), "s-single-stem")


def test_a_question_with_quotes_and_backslashes_keeps_its_key() -> None:
    """Accepted words with quotes, backslashes and other scripts survive in the hidden cell."""
    words = ["it's", 'a "key"', "back\\slash", "গ্রহণযোগ্যতা", "\u2028line"]
    asked = parse({"id": "Q", "type": "short", "stem": "?", "accept": words, "why": "!"})
    code = question_cells(asked, 1)[2].source
    for word in words:
        assert run_test_cell(code, {"answer": word}) == 1
