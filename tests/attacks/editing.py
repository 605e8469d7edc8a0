"""Submissions that bring results, or locked cells, of their own."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_output

from tests.attacks.forgeries import ENDED, NO_MARK, forges
from tests.attacks.model import FAILED, MANUAL, NOT_RUN, PASSED, TAMPERED, Submission, cell, code

__all__ = ["ATTACKS"]


def _delete(grade_id: str) -> Any:
    return lambda nb: nb.cells.remove(cell(nb, grade_id))


def _edit(**changes: Any) -> Any:
    def change(nb: Any) -> None:
        for one in nb.cells:
            about = one.metadata.get("nbgrader", {})
            if about.get("grade") and not about.get("solution"):
                about.update({key: value for key, value in changes.items() if key != "source"})
                one.source = changes.get("source", one.source)

    return change


def _make_markdown(nb: Any) -> None:
    for grade_id in ("squares-test", "total-test"):
        one = cell(nb, grade_id)
        one.cell_type = "markdown"
        del one["outputs"], one["execution_count"]


def _twice(nb: Any) -> None:
    for grade_id, easy in (("squares-test", "pass"), ("total-test", "4")):
        original = cell(nb, grade_id)
        copy = new_code_cell(easy, metadata=original.metadata)
        nb.cells.insert(nb.cells.index(original), copy)
        nb.cells.append(new_code_cell(easy, metadata=original.metadata))


def _rename(nb: Any) -> None:
    for grade_id in ("squares-test", "total-test"):
        cell(nb, grade_id).metadata.nbgrader["grade_id"] = f"{grade_id}-2"


def _swap(nb: Any) -> None:
    first, second = cell(nb, "squares-test"), cell(nb, "helper")
    first.metadata, second.metadata = second.metadata, first.metadata


def _tests_first(nb: Any) -> None:
    for grade_id in ("total-test", "squares-test"):
        one = cell(nb, grade_id)
        nb.cells.remove(one)
        nb.cells.insert(0, one)


def _bring_outputs(nb: Any) -> None:
    shown = [new_output("execute_result", {"text/plain": points}, execution_count=9) for points in ("2.0", "4")]
    cell(nb, "squares-test").outputs = shown[:1]
    cell(nb, "total-test").outputs = shown[1:]


def _cell_after(source: str, grade_id: str) -> Any:
    def change(nb: Any) -> None:
        nb.cells.insert(nb.cells.index(cell(nb, grade_id)) + 1, new_code_cell(source))

    return change


def _cell_before(source: str, grade_id: str) -> Any:
    def change(nb: Any) -> None:
        nb.cells.insert(nb.cells.index(cell(nb, grade_id)), new_code_cell(source))

    return change


SAYS: tuple[Submission, ...] = (
    forges(
        "prints-full-points",
        "Prints what full points look like.",
        squares="def squares(n):\n    print('2.0')\n    return ['wrong']\n",
        total="def total(numbers):\n    print(4)\n    return -1\n",
        on_squares=FAILED,
        on_total=FAILED,
    ),
    forges(
        "shows-full-points",
        "Publishes what full points look like.",
        total=code(
            """
            from IPython.display import display, publish_display_data
            def total(numbers):
                display(4)
                publish_display_data({'text/plain': '4'})
                get_ipython().displayhook(4)
                return -1
            """
        ),
        on_squares=FAILED,
        on_total=NO_MARK,
    ),
    forges(
        "writes-on-everything-that-is-open",
        "Writes results on every descriptor that it finds.",
        """
        import json, os
        claim = {'id': 'squares-test', 'verdict': 'passed', 'score': 2.0, 'status': 'ok', 'ok': True, 'error': None}
        for number in range(3, 256):
            for text in (json.dumps(claim) + '\\n', json.dumps([claim] * 9) + '\\n', 'x' * 64):
                try:
                    os.set_blocking(number, False)
                    os.write(number, text.encode())
                except OSError:
                    break
        """,
        on_squares=FAILED | ENDED,
        on_total=FAILED | ENDED,
    ),
    forges(
        "writes-on-everything-while-it-is-tested",
        "Writes results on every descriptor that it finds, then ends.",
        squares=code(
            """
            import json, os
            def squares(n):
                claim = {'id': 'squares-test', 'verdict': 'passed', 'score': 2.0, 'status': 'ok', 'ok': True}
                for number in range(3, 256):
                    try:
                        os.write(number, json.dumps(claim).encode() + b'\\n')
                    except OSError:
                        pass
                os._exit(0)
            """
        ),
        on_squares=ENDED,
        on_total=ENDED,
    ),
    forges(
        "closes-everything-that-is-open",
        "The grader hears nothing any more.",
        "import os\nos.closerange(0, 4096)",
        on_squares=FAILED | ENDED,
        on_total=FAILED | ENDED,
    ),
    forges(
        "listens-on-everything-that-is-open",
        "Reads what was meant for the kernel: the next cells.",
        """
        import os
        for number in range(3, 256):
            try:
                os.set_blocking(number, False)
                print(os.read(number, 1 << 20))
            except OSError:
                pass
        """,
        on_squares=FAILED | ENDED,
        on_total=FAILED | ENDED,
    ),
    forges(
        "sends-itself-descriptors",
        "Puts pipes of its own where the kernel's were.",
        """
        import os
        for number in range(3, 64):
            try:
                os.fstat(number)
                read, write = os.pipe()
                os.dup2(write, number)
            except OSError:
                pass
        """,
        on_squares=FAILED | ENDED,
        on_total=FAILED | ENDED,
    ),
    forges(
        "says-it-through-comms",
        "Sends messages of a kernel by IPython's own ways.",
        """
        shell = get_ipython()
        kernel = getattr(shell, 'kernel', None)
        for send in (
            lambda: kernel.session.send(kernel.iopub_socket, 'execute_result', {'data': {'text/plain': '4'}}),
            lambda: kernel.session.send(kernel.shell_stream, 'execute_reply', {'status': 'ok'}),
            lambda: __import__('comm').create_comm(target_name='x', data={'status': 'ok'}),
        ):
            try:
                send()
            except Exception:
                pass
        """,
        on_squares=FAILED | ENDED,
        on_total=FAILED | ENDED,
    ),
    forges(
        "brings-outputs-of-its-own",
        "The file holds the outputs of tests that were passed, and the kernel ends before they run.",
        squares="import os\nos._exit(0)\n",
        change=_bring_outputs,
        on_squares=NOT_RUN,
        on_total=NOT_RUN,
    ),
    forges(
        "brings-outputs-and-is-wrong",
        "The file holds the outputs of tests that were passed.",
        change=_bring_outputs,
        on_squares=FAILED,
        on_total=FAILED,
    ),
)

EDITED: tuple[Submission, ...] = (
    forges(
        "edits-the-tests",
        "The tests say something else; nbgrader puts them back.",
        change=_edit(source="4"),
        on_squares=FAILED | TAMPERED,
    ),
    forges(
        "deletes-a-test",
        "One test is gone.",
        change=_delete("squares-test"),
        on_squares=NOT_RUN | TAMPERED | FAILED,
        on_total=FAILED,
    ),
    Submission(
        name="deletes-a-test-and-is-right",
        tries="One test is gone, by mistake.",
        change=_delete("total-test"),
        on_total=NOT_RUN | TAMPERED | PASSED,
    ),
    Submission(
        name="deletes-a-solution",
        tries="One solution cell is gone, and its function with it.",
        change=_delete("total"),
        on_total=FAILED | NOT_RUN,
    ),
    Submission(
        name="deletes-the-essay",
        tries="The cell that a person marks is gone.",
        change=_delete("essay"),
        on_essay=MANUAL | NOT_RUN,
    ),
    forges(
        "makes-tests-text",
        "The tests are Markdown, which nobody runs.",
        change=_make_markdown,
        on_squares=FAILED | TAMPERED | NOT_RUN,
        on_total=FAILED | TAMPERED | NOT_RUN,
    ),
    forges(
        "claims-more-points",
        "The tests are worth a thousand points.",
        change=_edit(points=1000),
        on_squares=FAILED,
        on_total=FAILED,
    ),
    Submission(
        name="claims-more-points-and-is-right",
        tries="The tests are worth a thousand points; a right answer gets what it is worth.",
        change=_edit(points=1000),
    ),
    forges(
        "claims-that-tests-are-no-tests",
        "The tests are marked as something else.",
        change=_edit(grade=False, solution=True, locked=False),
        on_squares=FAILED | TAMPERED | NOT_RUN,
        on_total=FAILED | TAMPERED | NOT_RUN,
    ),
    forges(
        "names-tests-twice",
        "Cells with the same names as the tests stand before and after them.",
        change=_twice,
        on_squares=FAILED | TAMPERED | NOT_RUN,
        on_total=FAILED | TAMPERED | NOT_RUN,
    ),
    forges(
        "renames-tests",
        "The tests have other names.",
        change=_rename,
        on_squares=FAILED | TAMPERED | NOT_RUN,
        on_total=FAILED | TAMPERED | NOT_RUN,
    ),
    forges(
        "swaps-test-and-helper",
        "The test and the helper carry each other's names.",
        change=_swap,
        on_squares=FAILED | TAMPERED | NOT_RUN,
        on_total=FAILED | TAMPERED | NOT_RUN,
    ),
    forges(
        "runs-tests-first",
        "The tests stand before everything else.",
        change=_tests_first,
        on_squares=FAILED | TAMPERED | NOT_RUN,
        on_total=FAILED | TAMPERED | NOT_RUN,
    ),
    forges(
        "adds-a-cell-before-a-test",
        "A cell that nobody asked for redefines the helper.",
        change=_cell_before("check_close = lambda first, second: True", "total-test"),
        on_squares=FAILED,
        on_total=TAMPERED,
    ),
    forges(
        "adds-a-cell-after-a-test",
        "A cell that nobody asked for shows full points and ends the kernel.",
        change=_cell_after("print(4)\nimport os\nos._exit(0)", "total-test"),
        on_squares=FAILED,
        on_total=FAILED,
        on_middle=NOT_RUN,
    ),
    Submission(
        name="adds-a-cell-of-its-own",
        tries="A cell for trying things out, as people do.",
        change=_cell_before("squares(3)\nprint('tried')", "squares-test"),
    ),
)

ATTACKS: tuple[Submission, ...] = (*SAYS, *EDITED)
