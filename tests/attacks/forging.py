"""Submissions that are wrong and want to be taken for right."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_output

from academy.kernels.model import Layer
from tests.attacks.model import (
    DIED,
    FAILED,
    MANUAL,
    NOT_RUN,
    PASSED,
    RIGHT_SQUARES,
    RIGHT_TOTAL,
    TAMPERED,
    TIMED_OUT,
    WRONG_MIDDLE,
    WRONG_SQUARES,
    WRONG_TOTAL,
    Submission,
    Verdicts,
    cell,
    code,
    probe,
)

__all__ = ["ATTACKS"]

NO_MARK = FAILED | TAMPERED
ENDED = TAMPERED | DIED | NOT_RUN | TIMED_OUT


def forges(
    name: str,
    tries: str,
    before: str = "",
    *,
    on_squares: Verdicts = TAMPERED,
    on_total: Verdicts = NO_MARK,
    **more: Any,
) -> Submission:
    """Prepare a forgery in the first solution cell; all functions are wrong."""
    wrong = {"squares": WRONG_SQUARES, "total": WRONG_TOTAL, "middle": WRONG_MIDDLE} | more
    wrong["squares"] = code(before) + wrong["squares"]
    return Submission(name=name, tries=tries, on_squares=on_squares, on_total=on_total, **wrong)


def looks(name: str, tries: str, body: str, on_squares: Verdicts = TAMPERED) -> Submission:
    """Look for the tests while being tested, and show what was found."""
    squares = code(body) + "\ndef squares(n):\n    print(look())\n    return ['wrong']\n"
    return forges(name, tries, squares=squares, on_squares=on_squares)


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


def _edit_the_helper(nb: Any) -> None:
    cell(nb, "helper").source = "def check_close(first, second):\n    return True\n"


def _cell_after(source: str, grade_id: str) -> Any:
    def change(nb: Any) -> None:
        nb.cells.insert(nb.cells.index(cell(nb, grade_id)) + 1, new_code_cell(source))

    return change


def _cell_before(source: str, grade_id: str) -> Any:
    def change(nb: Any) -> None:
        nb.cells.insert(nb.cells.index(cell(nb, grade_id)), new_code_cell(source))

    return change


BETWEEN = code(
    """
    import base64, json, marshal, os, select, socket
    import stat
    def is_socket(number):
        try:
            return stat.S_ISSOCK(os.fstat(number).st_mode)
        except OSError:
            return False
    def put():
        for number in [number for number in range(3, 64) if is_socket(number)]:
            global outside, inside
            kind = socket.socket(fileno=os.dup(number)).type
            outside = socket.socket(fileno=os.dup(number))
            inside, kernels = socket.socketpair(socket.AF_UNIX, kind)
            start()
            os.dup2(kernels.fileno(), number)
    def pass_on():
        asked, tests = b'', []
        while True:
            for one in select.select([outside, inside], [], [])[0]:
                packet = one.recv(1 << 20)
                if not packet:
                    os._exit(0)
                if one is outside:
                    asked += packet[1:]
                    if packet[:1] == b'.':
                        pieces = json.loads(asked).get('pieces', [])
                        tests = [len(marshal.loads(base64.b64decode(piece))[0].co_names) > 0 for piece in pieces]
                        asked = b''
                elif packet[:1] == b'!':
                    continue
                elif packet[:1] == b'=':
                    found = json.loads(packet[1:])
                    if tests[found['place']]:
                        found.update(end='done', error='', message='', number=None, text='')
                    packet = b'=' + json.dumps(found).encode()
                (inside if one is outside else outside).send(packet)
    """
)
"""Takes the place of the kernel's socket; ``start`` says who does it."""

SHELL: tuple[Submission, ...] = (
    forges(
        "replaces-a-step-of-the-shell",
        "What is run is not what was written.",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
        on_total=TAMPERED,
    ),
    forges(
        "replaces-a-later-step-of-the-shell",
        "What is run is not what was written.",
        "get_ipython().input_transformers_post.append(lambda lines: ['4\\n'])",
        on_total=TAMPERED,
    ),
    forges(
        "replaces-how-cells-are-read",
        "What is run is not what was written.",
        "get_ipython().transform_cell = lambda text: 'pass'",
        on_total=TAMPERED,
    ),
    forges(
        "takes-asserts-out-of-the-tree",
        "What is run is not what was written.",
        """
        import ast
        class Quiet(ast.NodeTransformer):
            def visit_Assert(self, node):
                return ast.copy_location(ast.Pass(), node)
        get_ipython().ast_transformers.append(Quiet())
        """,
    ),
    forges(
        "replaces-the-compiler-of-the-shell",
        "What is run is not what was written.",
        """
        shell = get_ipython()
        original = shell.compile.__class__.__call__
        shell.compile.__class__.__call__ = lambda self, *given, **named: original(self, 'pass', '<pass>', 'exec')
        shell.compile.ast_parse = lambda *_, **__: __import__('ast').parse('pass')
        """,
        on_squares=TAMPERED | DIED,
        on_total=TAMPERED | DIED | NOT_RUN,
    ),
    forges(
        "replaces-compile-and-parse",
        "What is run is not what was written.",
        """
        import ast, builtins
        original = builtins.compile
        def quiet(source, name, mode, *given, **named):
            if isinstance(source, ast.AST):
                source.body = [node for node in source.body if not isinstance(node, ast.Assert)] or source.body[:0]
            return original(source, name, mode, *given, **named)
        builtins.compile = quiet
        """,
    ),
    forges(
        "replaces-how-a-cell-is-run",
        "Cells report success without running.",
        """
        shell = get_ipython()
        done = shell.run_cell('1')
        shell.run_cell = lambda *_, **__: done
        async def run(*_, **__):
            return done
        shell.run_cell_async = run
        """,
        on_squares=TAMPERED | DIED,
        on_total=TAMPERED | DIED | NOT_RUN,
    ),
    forges(
        "replaces-how-code-is-run",
        "Code reports success without running.",
        """
        shell = get_ipython()
        async def run(*_, **__):
            return False
        shell.run_code = run
        shell.run_ast_nodes = run
        type(shell).run_code = run
        type(shell).run_ast_nodes = run
        """,
        on_squares=TAMPERED | DIED,
        on_total=TAMPERED | DIED | NOT_RUN,
    ),
    forges(
        "replaces-how-errors-are-shown",
        "Errors are raised, and nobody hears of them.",
        """
        shell = get_ipython()
        shell.showtraceback = shell._showtraceback = shell.showsyntaxerror = lambda *_, **__: None
        type(shell).showtraceback = type(shell)._showtraceback = lambda *_, **__: None
        """,
        on_squares=NO_MARK,
    ),
    forges(
        "handles-failed-checks-itself",
        "Errors are raised, and an own handler takes them.",
        "get_ipython().set_custom_exc((Exception,), lambda *_, **__: None)",
        on_squares=NO_MARK,
    ),
    forges(
        "changes-the-result-of-a-cell",
        "An event after each cell takes the error out of its result.",
        """
        def mend(result):
            result.error_in_exec = result.error_before_exec = None
        get_ipython().events.register('post_run_cell', mend)
        get_ipython().events.register('pre_run_cell', lambda info: setattr(info, 'raw_cell', 'pass'))
        """,
        on_squares=NO_MARK,
    ),
    forges(
        "answers-after-each-cell",
        "An event before each cell puts own functions in the place of the checks.",
        """
        def before(*_):
            get_ipython().user_ns['check_close'] = lambda *_: True
        get_ipython().events.register('pre_run_cell', before)
        """,
        on_squares=NO_MARK,
        on_total=TAMPERED,
    ),
    forges(
        "replaces-the-display-hook",
        "Every value is shown as full points.",
        """
        import sys
        class Hook:
            def __call__(self, value=None):
                get_ipython().display_pub.publish({'text/plain': '4'})
        get_ipython().displayhook = Hook()
        sys.displayhook = Hook()
        get_ipython().displayhook_class = Hook
        """,
        on_squares=NO_MARK,
        on_total=NO_MARK,
    ),
    forges(
        "replaces-the-publisher",
        "Whatever is published becomes a result.",
        """
        publisher = get_ipython().display_pub
        type(publisher).publish = lambda self, *_, **__: None
        publisher.publish = lambda *_, **__: None
        """,
        on_squares=NO_MARK,
    ),
    forges(
        "dresses-up-the-number",
        "Whole numbers are shown as four.",
        """
        formatter = get_ipython().display_formatter.formatters['text/plain']
        formatter.for_type(int, lambda value, printer, cycle: printer.text('4'))
        """,
        on_squares=NO_MARK,
        on_total=NO_MARK,
    ),
    forges(
        "hides-the-number-of-a-partial-mark",
        "A test without a number would count as full.",
        "get_ipython().ast_node_interactivity = 'none'",
        on_squares=NO_MARK,
        on_total=NO_MARK,
    ),
    forges(
        "looks-through-a-false-namespace",
        "Names of the tests are looked up in a mapping of its own.",
        """
        class Names(dict):
            def __getitem__(self, name):
                return (lambda *_: True) if name == 'check_close' else dict.__getitem__(self, name)
        shell = get_ipython()
        shell.user_module.__dict__['__builtins__'] = {**vars(__import__('builtins')), 'isinstance': lambda *_: True}
        shell.user_ns = Names(shell.user_ns)
        """,
        on_squares=NO_MARK | ENDED,
        on_total=NO_MARK | ENDED,
    ),
    forges(
        "runs-magics-instead",
        "Magics stand for words of the language.",
        """
        shell = get_ipython()
        shell.register_magic_function(lambda line, cell=None: None, 'line_cell', 'assert')
        shell.automagic = True
        shell.run_line_magic('autocall', '2')
        """,
        on_squares=NO_MARK,
    ),
    forges(
        "forgets-everything",
        "Takes the names away that tests need.",
        "get_ipython().reset(new_session=True)\nget_ipython().events.register('pre_run_cell', get_ipython().reset)",
        on_squares=NO_MARK | NOT_RUN,
        on_total=NO_MARK | NOT_RUN,
    ),
    forges(
        "rewrites-the-graders-own-modules",
        "Every function of the grader that is loaded does nothing any more.",
        """
        import sys, types
        for name, module in list(sys.modules.items()):
            if name.startswith('academy') or name == '__main__':
                for key, value in list(vars(module).items()):
                    if isinstance(value, types.FunctionType):
                        setattr(module, key, lambda *_, **__: None)
        """,
        on_squares=TAMPERED | FAILED | DIED | NOT_RUN,
        on_total=TAMPERED | FAILED | DIED | NOT_RUN,
    ),
    forges(
        "rewrites-the-graders-own-objects",
        "Every method of the grader's objects that the collector knows does nothing any more.",
        """
        import gc, types
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType) and str(thing.__module__).startswith('academy.'):
                thing.__code__ = (lambda *_, **__: None).__code__ if not thing.__closure__ else thing.__code__
        """,
        on_squares=TAMPERED | FAILED | DIED | NOT_RUN | TIMED_OUT,
        on_total=TAMPERED | FAILED | DIED | NOT_RUN | TIMED_OUT,
    ),
)

CHECKS: tuple[Submission, ...] = (
    forges(
        "replaces-builtins",
        "Every built-in check says yes.",
        """
        import builtins
        builtins.all = builtins.any = builtins.isinstance = builtins.len = lambda *_: True
        builtins.sorted = builtins.sum = builtins.abs = lambda *_, **__: 0
        """,
        on_squares=TAMPERED | DIED | NOT_RUN,
        on_total=TAMPERED | DIED | NOT_RUN,
    ),
    forges(
        "replaces-one-builtin",
        "The one that the helper uses.",
        "import builtins\nbuiltins.abs = lambda *_: 0",
        on_squares=NO_MARK,
        on_total=TAMPERED,
    ),
    forges(
        "replaces-the-error-of-asserts",
        "A failed check raises something that nobody takes for an error.",
        "import builtins\nbuiltins.AssertionError = builtins.Exception = StopAsyncIteration",
        on_squares=NO_MARK | DIED,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
    forges(
        "takes-builtins-away",
        "Nothing that checks is there any more.",
        """
        import builtins
        for name in ('print', 'len', 'isinstance', 'AssertionError', 'abs'):
            delattr(builtins, name)
        """,
        on_squares=TAMPERED | FAILED | DIED | NOT_RUN,
        on_total=TAMPERED | FAILED | DIED | NOT_RUN,
    ),
    forges(
        "replaces-print-and-open",
        "Built-in functions do something else besides.",
        "import builtins\nbuiltins.print = builtins.open = builtins.repr = lambda *_, **__: None",
        on_squares=NO_MARK | DIED,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
    forges(
        "shadows-names-in-the-notebook",
        "Names of built-in checks are defined anew, without touching the built-in ones.",
        "abs = lambda *_: 0\nisinstance = all = lambda *_: True",
        on_squares=NO_MARK,
        on_total=NO_MARK,
    ),
    forges(
        "equals-everything",
        "The value that is returned equals whatever it is compared with.",
        squares="class Any:\n    def __eq__(self, other):\n        return True\ndef squares(n):\n    return Any()\n",
        total="def total(numbers):\n    return Any()\n",
        on_total=NO_MARK,
    ),
    forges(
        "is-a-list-that-equals-everything",
        "The value is a list, and lies.",
        squares="class Rows(list):\n    def __eq__(self, other):\n        return True\n    def __ne__(self, other):\n"
        "        return False\n    def __len__(self):\n        return 3\n    __hash__ = None\n"
        "def squares(n):\n    return Rows()\n",
        on_total=NO_MARK,
    ),
    forges(
        "is-a-number-that-equals-everything",
        "The value is a number, and lies.",
        on_squares=FAILED,
        total=code(
            """
            class Near(float):
                def __eq__(self, other):
                    return True
                def __sub__(self, other):
                    return 0.0
                __rsub__ = __sub__
                __hash__ = float.__hash__
            def total(numbers):
                return Near()
            """
        ),
        on_total=TAMPERED,
    ),
    forges(
        "is-a-number-that-subtracts-to-nothing",
        "The value compares honestly, and computes wrongly.",
        on_squares=FAILED,
        total=code(
            """
            class Near(float):
                def __sub__(self, other):
                    return 0.0
                __rsub__ = __sub__
            def total(numbers):
                return Near(-1)
            """
        ),
        on_total=TAMPERED | FAILED,
    ),
    forges(
        "borrows-a-type-that-equals-everything",
        "A class of the standard library lies in its place.",
        "from unittest.mock import ANY",
        squares="def squares(n):\n    return ANY\n",
        total="def total(numbers):\n    return ANY\n",
        on_squares=NO_MARK,
        on_total=NO_MARK,
    ),
    forges(
        "equals-by-a-borrowed-method",
        "The lie stands in no function of its own.",
        squares="class Rows:\n    __eq__ = staticmethod(lambda *_: 1)\n    __class__ = list\n"
        "    __len__ = lambda self: 3\n"
        "def squares(n):\n    return Rows()\n",
        on_total=NO_MARK,
    ),
    forges(
        "replaces-methods-of-unittest",
        "The methods that tests check with do nothing.",
        """
        import unittest
        for name in dir(unittest.TestCase):
            if name.startswith('assert'):
                setattr(unittest.TestCase, name, lambda *_, **__: None)
        """,
        on_squares=NO_MARK,
        middle="def middle(numbers):\n    return 1.0\n",
        on_middle=TAMPERED,
    ),
    forges(
        "replaces-functions-of-numpy-testing",
        "The functions that tests check with do nothing.",
        "import numpy.testing\nnumpy.testing.assert_allclose = lambda *_, **__: None",
        on_squares=NO_MARK,
        middle="def middle(numbers):\n    return sorted(numbers)[len(numbers) // 2]\n",
        on_middle=TAMPERED,
    ),
    forges(
        "replaces-a-function-of-math",
        "Two numbers are always close.",
        "import math\nmath.isclose = lambda *_, **__: True",
        on_squares=NO_MARK,
        on_total=TAMPERED,
    ),
    forges(
        "replaces-modules",
        "Modules that tests import are its own.",
        """
        import sys, types
        for name in ('unittest', 'numpy.testing', 'math'):
            fake = types.ModuleType(name)
            fake.__getattr__ = lambda key: (lambda *_, **__: type('Quiet', (), {'__getattr__': fake.__getattr__})())
            sys.modules[name] = fake
        """,
        on_squares=NO_MARK,
        on_middle=TAMPERED,
    ),
    forges(
        "finds-modules-first",
        "An import hook makes the modules that tests import.",
        """
        import sys, importlib.abc, importlib.util
        class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path=None, target=None):
                return importlib.util.spec_from_loader(name, self) if name in ('unittest', 'numpy.testing') else None
            def exec_module(self, module):
                module.TestCase = type('TestCase', (), {'__getattr__': lambda self, name: lambda *_, **__: None})
                module.assert_allclose = lambda *_, **__: None
        sys.meta_path.insert(0, Finder())
        for name in ('unittest', 'numpy.testing'):
            sys.modules.pop(name, None)
        """,
        on_squares=NO_MARK,
        on_middle=TAMPERED,
    ),
    forges(
        "replaces-import-itself",
        "The word import leads to its own function.",
        """
        import builtins, types
        original = builtins.__import__
        def bring(name, *given, **named):
            module = original(name, *given, **named)
            if name == 'unittest':
                return types.SimpleNamespace(TestCase=type('T', (), {'__getattr__': lambda s, n: lambda *_: None}))
            return module
        builtins.__import__ = bring
        """,
        on_squares=NO_MARK,
        middle="def middle(numbers):\n    return 1.0\n",
        on_middle=TAMPERED,
    ),
    forges(
        "redefines-the-helper",
        "The instructor's helper is defined anew in the solution.",
        on_squares=FAILED,
        total="def check_close(first, second):\n    return True\n" + WRONG_TOTAL,
        on_total=TAMPERED,
    ),
    forges(
        "redefines-the-helper-while-it-is-tested",
        "The instructor's helper is replaced by the function that it has to check.",
        on_squares=FAILED,
        total="def total(numbers):\n    global check_close\n    check_close = lambda *_: True\n    return -1\n",
        on_total=TAMPERED,
    ),
    forges(
        "changes-the-code-of-the-helper",
        "The helper stays the same object, with other code in it.",
        on_squares=FAILED,
        total="check_close.__code__ = (lambda first, second: True).__code__\n" + WRONG_TOTAL,
        on_total=TAMPERED,
    ),
    forges(
        "changes-the-helper-by-its-defaults",
        "What the helper uses is redefined.",
        on_squares=FAILED,
        total="check_close.__defaults__ = (1e9,)\nNEAR = 1e9\n" + WRONG_TOTAL,
        on_total=TAMPERED,
    ),
    Submission(
        name="edits-the-helper",
        tries="The locked cell with the helper says something else; nbgrader puts it back.",
        change=_edit_the_helper,
        total=WRONG_TOTAL,
        on_total=FAILED,
    ),
    forges(
        "sets-the-tests-own-variable",
        "The function sets the number that the test counts with.",
        on_squares=FAILED,
        total="def total(numbers):\n    global marks\n    marks = 4\n    return -1\n",
        on_total=NO_MARK,
    ),
    forges(
        "sets-the-tests-own-variable-by-another-name",
        "The function sets the number that the test counts with, through the module.",
        on_squares=FAILED,
        total="def total(numbers):\n    get_ipython().user_ns['marks'] = 4\n    return -1\n",
        on_total=NO_MARK,
    ),
    forges(
        "changes-how-lists-compare",
        "Lists are equal, whatever is in them.",
        """
        import ctypes
        compare = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int)(
            lambda first, second, how: how == 2
        )
        place = ctypes.c_void_p.from_address(id(list) + 200)
        place.value = ctypes.cast(compare, ctypes.c_void_p).value
        """,
        on_squares=TAMPERED | DIED,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
    forges(
        "changes-a-number",
        "Minus one is another number from now on.",
        on_squares=FAILED,
        total="import ctypes\nctypes.c_uint32.from_address(id(-1) + 24).value = 6\n"
        "ctypes.c_ssize_t.from_address(id(-1) + 16).value = 1\n" + WRONG_TOTAL,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
    forges(
        "replaces-checks-in-a-thread",
        "A second thread replaces and restores checks, faster than anybody looks.",
        """
        import builtins, threading
        kept = builtins.abs
        def flip():
            while True:
                builtins.abs = lambda *_: 0
                builtins.abs = kept
        threading.Thread(target=flip, daemon=True).start()
        """,
        on_squares=NO_MARK,
        on_total=NO_MARK,
    ),
    forges(
        "replaces-checks-while-it-is-tested",
        "The function replaces a check for as long as it is called.",
        on_squares=FAILED,
        total="import builtins\ndef total(numbers):\n    builtins.abs = lambda *_: 0\n    return -1\n",
        on_total=TAMPERED,
    ),
)

STACK: tuple[Submission, ...] = (
    looks(
        "reads-the-stack",
        "Looks at the frames above it.",
        "import sys\ndef look():\n    return sys._getframe(2).f_code.co_consts, sys._getframe(2).f_globals.get('In')",
    ),
    looks(
        "inspects-the-stack",
        "Asks for the source of what called it.",
        "import inspect\ndef look():\n    return [(one.code_context, one.frame.f_locals) for one in inspect.stack(9)]",
    ),
    looks(
        "reads-the-stack-by-an-error",
        "Follows an error to the frames above.",
        """
        def look():
            try:
                raise ValueError
            except ValueError as error:
                frame, found = error.__traceback__.tb_frame, []
                while frame:
                    found.append(frame.f_code.co_consts)
                    frame = frame.f_back
                return found
        """,
    ),
    looks(
        "reads-the-stack-by-a-generator",
        "Follows a generator to the frames above.",
        """
        def look():
            def frames():
                frame = keep.gi_frame.f_back
                while frame:
                    yield_.append(frame.f_code.co_consts)
                    frame = frame.f_back
                yield yield_
            yield_ = []
            keep = frames()
            return next(keep)
        """,
    ),
    looks(
        "prints-the-stack",
        "Asks for a printed stack with its lines.",
        "import traceback\ndef look():\n    return traceback.format_stack(), traceback.extract_stack()",
    ),
    looks(
        "reads-the-history",
        "Reads the cells that were run.",
        "def look():\n    return In, get_ipython().history_manager.input_hist_raw, get_ipython().user_ns.get('_ih')",
        NO_MARK,
    ),
    looks(
        "reads-the-cache-of-lines",
        "Reads the source that is kept for tracebacks.",
        "import linecache\ndef look():\n    return list(linecache.cache.values()), vars(get_ipython().compile)",
        NO_MARK,
    ),
    looks(
        "asks-the-collector",
        "Looks for the text of tests among all objects.",
        "import gc\ndef look():\n"
        "    return [thing for thing in gc.get_objects() if isinstance(thing, dict) and 'hidden' in str(thing)[:9999]]",
    ),
    looks(
        "asks-the-threads-for-frames",
        "Looks at the frames of every thread.",
        "import sys\ndef look():\n    return [one.f_back.f_code.co_consts for one in sys._current_frames().values()]",
    ),
    forges(
        "keeps-what-it-saw-for-later",
        "Looks at the frames above it, and shows what was found in another cell.",
        "import sys\nseen = []",
        squares="def squares(n):\n    seen.append(sys._getframe(1).f_code.co_consts)\n    return []\n",
        total="print(seen)\n" + WRONG_TOTAL,
    ),
    forges(
        "traces-the-test",
        "A trace function sees every line of the test.",
        """
        import sys, threading
        def trace(frame, event, argument):
            found.append(frame.f_code.co_consts)
            return trace
        found = []
        sys.settrace(trace)
        threading.settrace(trace)
        """,
    ),
    forges(
        "profiles-the-test",
        "A profile function sees every call of the test.",
        "import sys\nseen = []\nsys.setprofile(lambda frame, *_: seen.append(frame.f_code.co_consts))",
    ),
    forges(
        "hears-of-everything",
        "An audit hook sees what the test compiles.",
        "import sys\nseen = []\nsys.addaudithook(lambda event, given: seen.append((event, given)))",
        on_squares=NO_MARK,
    ),
    forges(
        "answers-from-the-stack",
        "Returns what the test compares with.",
        squares=code(
            """
            import sys
            def squares(n):
                found = sys._getframe(1).f_code.co_consts
                return [k * k for k in range(1, n + 1)]
            """
        ),
    ),
    forges(
        "lowers-the-limit-of-recursion",
        "Checks that call functions cannot be called any more.",
        "import sys, inspect\nsys.setrecursionlimit(len(inspect.stack()) + 12)",
        on_squares=NO_MARK | DIED,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
)

ENDS: tuple[Submission, ...] = (
    forges(
        "leaves-the-test",
        "The function ends the test as if all was well.",
        squares="import sys\ndef squares(n):\n    sys.exit(0)\n",
        on_squares=TAMPERED,
    ),
    forges(
        "leaves-the-test-by-other-words",
        "Other ways to end that are no error.",
        squares="def squares(n):\n    raise SystemExit\n",
        total="def total(numbers):\n    quit()\n",
        on_squares=TAMPERED,
        on_total=TAMPERED | FAILED | NOT_RUN,
    ),
    forges(
        "leaves-before-the-test",
        "The solution cell ends before the function is there.",
        squares="raise SystemExit\n",
        on_squares=FAILED | NOT_RUN,
        on_total=FAILED | NOT_RUN,
    ),
    forges(
        "interrupts-the-test",
        "The function raises what a person raises who stops a cell.",
        squares="def squares(n):\n    raise KeyboardInterrupt\n",
        on_squares=FAILED | TAMPERED | TIMED_OUT,
    ),
    forges(
        "raises-something-strange",
        "The error fails itself when somebody looks at it.",
        squares=code(
            """
            class Strange(BaseException):
                def __str__(self):
                    raise SystemExit
                __repr__ = __str__
                __traceback__ = property(__str__)
            def squares(n):
                raise Strange
            """
        ),
        on_squares=FAILED | TAMPERED,
    ),
    forges(
        "raises-an-endless-chain",
        "The error is its own cause, and has a group inside.",
        squares=code(
            """
            def squares(n):
                error = ExceptionGroup('one', [ValueError(n)])
                for _ in range(2000):
                    error = ExceptionGroup('more', [error])
                raise error from error
            """
        ),
        on_squares=FAILED | TAMPERED | DIED,
        on_total=FAILED | NOT_RUN,
    ),
    forges(
        "claims-to-be-out-of-memory",
        "The function raises what a lack of memory raises.",
        squares="def squares(n):\n    raise MemoryError\n",
        on_squares=frozenset({"out-of-memory"}) | FAILED,
    ),
    forges(
        "returns-something-to-wait-for",
        "The function is a coroutine.",
        squares="async def squares(n):\n    return [k * k for k in range(1, n + 1)]\n",
        on_squares=FAILED,
    ),
    forges(
        "plans-for-later",
        "A task that runs between cells replaces the helper.",
        """
        import asyncio
        async def later():
            while True:
                globals()['check_close'] = lambda *_: True
                await asyncio.sleep(0)
        try:
            task = asyncio.get_running_loop().create_task(later())
        except RuntimeError:
            pass
        """,
        on_squares=FAILED,
        total="await asyncio.sleep(0.05)\n" + WRONG_TOTAL,
        on_total=NO_MARK,
    ),
)

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

KNOWING: tuple[Submission, ...] = (
    forges(
        "equals-every-list",
        "The value equals lists, and nothing else.",
        squares=code(
            """
            class Rows(list):
                def __eq__(self, other):
                    return type(other) is list
                def __len__(self):
                    return 3
                __hash__ = None
            def squares(n):
                return Rows()
            """
        ),
        on_squares=NO_MARK,
    ),
    forges(
        "hides-the-lie-inside",
        "The value is an ordinary list; what is in it equals everything.",
        squares=code(
            """
            class Any:
                def __eq__(self, other):
                    return True
            def squares(n):
                return [Any()] * n
            """
        ),
        on_squares=NO_MARK,
        middle="def middle(numbers):\n    return Any()\n",
    ),
    forges(
        "names-its-code-like-a-library",
        "The code of the lie claims to come from an installed file.",
        """
        import json
        source = 'class Any(list):\\n def __eq__(self, other): return True\\n def __len__(self): return 3\\n'
        exec(compile(source, json.__file__, 'exec'))
        """,
        squares="def squares(n):\n    return Any()\n",
        on_squares=NO_MARK,
    ),
    forges(
        "raises-an-error-without-a-name",
        "The error has no name, so that nobody sees it.",
        squares="def squares(n):\n    raise type('', (Exception,), {})()\n",
        on_squares=NO_MARK,
        middle=code(
            """
            class Nameless(type):
                __name__ = property(lambda self: '')
            class Odd(Exception, metaclass=Nameless):
                pass
            def middle(numbers):
                raise Odd
            """
        ),
        on_middle=NO_MARK,
    ),
    forges(
        "brings-its-own-builtins",
        "The notebook's names lead to built-in checks of its own, and the real ones stay as they are.",
        """
        import builtins
        false = dict(vars(builtins), abs=lambda *_: 0, range=lambda *_: [], len=lambda *_: 3)
        get_ipython().user_ns['__builtins__'] = false
        """,
        squares="def squares(n):\n    return [1, 4][:n] if n < 3 else []\n",
        on_squares=NO_MARK,
        on_total=NO_MARK,
    ),
    forges(
        "changes-the-code-of-a-check",
        "The function that a test checks with stays the same object, with other code in it.",
        "import numpy.testing\nnumpy.testing.assert_allclose.__code__ = (lambda *_, **__: None).__code__",
        on_squares=NO_MARK,
        middle="def middle(numbers):\n    return sorted(numbers)[len(numbers) // 2]\n",
        on_middle=TAMPERED,
    ),
    forges(
        "changes-the-answer-on-its-way",
        "What the kernel says is changed while it is written down.",
        """
        import json, sys
        original = json.dumps
        def dumps(value, *given, **named):
            if isinstance(value, dict) and value.get('checks'):
                sources = sys._getframe(1).f_locals['ask'].sources
                for source, check in zip(sources, value['checks']):
                    if '\\n' in source:
                        check.update(error='', message='', number=None, text='')
                value['doubts'] = []
            return original(value, *given, **named)
        json.dumps = dumps
        """,
        on_squares=NO_MARK | DIED,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
    forges(
        "answers-when-asked-to-flush",
        "An output stream of its own is called by the kernel, and looks at who calls.",
        """
        import io, sys
        class Stream(io.StringIO):
            def flush(self):
                frame = sys._getframe(1)
                while frame:
                    found = frame.f_locals
                    if found.get('checks') and 'ask' in found:
                        for source, check in zip(found['ask'].sources, found['checks']):
                            if '\\n' in source:
                                check.update(error='', message='', number=None, text='')
                        found['witness']._doubts.clear()
                    frame = frame.f_back
        sys.stdout = Stream()
        """,
        on_squares=NO_MARK | DIED,
        on_total=NO_MARK | DIED | NOT_RUN,
    ),
    forges(
        "equals-by-a-built-in",
        "The comparison is a built-in function, so that no line of its own lies.",
        squares="class Rows(list):\n    __eq__ = bool\ndef squares(n):\n    return Rows([0] * n)\n",
        on_squares=NO_MARK,
    ),
    forges(
        "borrows-a-type-for-whole-numbers",
        "A class of the standard library lies where nothing is computed with it.",
        on_squares=FAILED,
        total="from unittest.mock import ANY\ndef total(numbers):\n"
        "    return sum(numbers) if any(isinstance(k, float) for k in numbers) else ANY\n",
        on_total=NO_MARK,
    ),
    forges(
        "changes-the-test-on-its-way-in",
        "A module that the kernel reads with hands it something else.",
        """
        import base64, binascii, marshal, types
        def read(data, **named):
            raw = binascii.a2b_base64(data, **named)
            try:
                body, last = marshal.loads(raw)
                if len(body.co_names) > 1:
                    return marshal.dumps((compile('pass', '<x>', 'exec'), None))
            except Exception:
                pass
            return raw
        base64.binascii = types.SimpleNamespace(a2b_base64=read, Error=ValueError)
        """,
        on_squares=NO_MARK | ENDED,
        on_total=NO_MARK | ENDED,
    ),
    forges(
        "finds-the-graders-classes",
        "Methods of the grader's own classes are replaced, found without asking the collector.",
        """
        import json
        def everything(kind=object):
            for one in type.__subclasses__(kind):
                yield one
                yield from everything(one)
        def mend(packet):
            if packet[:1] == b'=':
                found = json.loads(packet[1:])
                if found['end'] != 'done' and found['line'] > 1 or found['message']:
                    found.update(end='done', error='', message='', number=None, text='')
                return b'=' + json.dumps(found).encode()
            return packet
        for kind in set(everything()):
            if str(getattr(kind, '__module__', '')).startswith('academy.'):
                for name, part in list(vars(kind).items()):
                    if name == 'say_packet':
                        kind.say_packet = lambda self, packet, part=part: part(self, mend(packet))
                    elif name in ('doubt', 'look', '_hear'):
                        setattr(kind, name, lambda *_, **__: None)
        """,
        squares="def squares(n):\n    return [1, 4][:n]\n",
        on_squares=NO_MARK | ENDED,
        on_total=NO_MARK | ENDED,
    ),
    forges(
        "puts-a-process-in-between",
        "Another process sits between the kernel and the grader, and passes on what pleases it.",
        BETWEEN + "start = lambda: os.fork() == 0 and (pass_on(), os._exit(0))\nput()\n",
        on_squares=NO_MARK | ENDED,
        on_total=NO_MARK | ENDED,
    ),
    forges(
        "puts-a-thread-in-between",
        "Another thread sits between the kernel and the grader, and passes on what pleases it.",
        BETWEEN + "import threading\nstart = lambda: threading.Thread(target=pass_on, daemon=True).start()\nput()\n",
        on_squares=NO_MARK | ENDED,
        on_total=NO_MARK | ENDED,
    ),
    forges(
        "answers-first-and-leaves",
        "Finds out what it is asked by a warning, says what pleases it, and ends.",
        squares=code(
            """
            import json, os, re, warnings
            def squares(n):
                with warnings.catch_warnings(record=True) as said:
                    warnings.simplefilter('always')
                    warnings.warn('who asks?', stacklevel=2)
                asked = re.match(r'<([0-9a-f]+)-([0-9]+)>', said[0].filename)
                if asked:
                    about = {'nonce': asked[1], 'place': int(asked[2]), 'end': 'done', 'error': '', 'message': ''}
                    about |= {'line': 0, 'number': None, 'text': ''}
                    end = {'nonce': asked[1], 'succeeded': True, 'outputs': []}
                    for number in range(3, 64):
                        for packet in (b'=' + json.dumps(about).encode(), b'.' + json.dumps(end).encode()):
                            try:
                                os.write(number, packet)
                            except OSError:
                                pass
                    os._exit(0)
                return ['wrong']
            """
        ),
        on_squares=NO_MARK | ENDED,
        on_total=NO_MARK | ENDED,
    ),
    forges(
        "takes-some-asserts-out",
        "A class of the standard library that works on programs leaves something out.",
        """
        import ast
        original = ast.NodeTransformer.visit
        def visit(self, node):
            if isinstance(node, ast.Module) and len(node.body) > 1:
                node.body = [one for one in node.body if not isinstance(one, ast.Assert)]
            return original(self, node)
        ast.NodeTransformer.visit = visit
        """,
        on_squares=NO_MARK,
    ),
)

MEMORY_OF_OTHERS = (
    probe(
        "leaves-something-for-the-next",
        "Writes where a later kernel might look.",
        "next(Path('/tmp').glob('for-the-next-*'))",
        "next(Path('/dev/shm').glob('for-the-next-*'))",
        setup="""
        def leave(folder):
            try:
                Path(folder, f'for-the-next-{os.getpid()}').touch()
            except OSError:
                pass
        import atexit
        atexit.register(lambda: [leave(folder) for folder in ('/tmp', '/dev/shm')])
        """,
        total=RIGHT_TOTAL + "leave('/tmp')\nleave('/dev/shm')\n",
        needs=frozenset({Layer.FILE_TREE}),
    ),
    Submission(
        name="looks-for-what-was-left",
        tries="Looks where an earlier kernel might have written.",
        squares=RIGHT_SQUARES
        + code(
            """
            from pathlib import Path
            for folder in ('/tmp', '/dev/shm'):
                for found in Path(folder).glob('for-the-next-*'):
                    print('reached:', found)
            """
        ),
        needs=frozenset({Layer.FILE_TREE}),
    ),
)

ATTACKS: tuple[Submission, ...] = (*SHELL, *CHECKS, *STACK, *ENDS, *SAYS, *EDITED, *KNOWING, *MEMORY_OF_OTHERS)
