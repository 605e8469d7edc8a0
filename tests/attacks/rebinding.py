"""Submissions that put something else in the place of what runs or checks them."""

from __future__ import annotations

from typing import Any

from tests.attacks.forgeries import ENDED, NO_MARK, forges
from tests.attacks.model import DIED, FAILED, NOT_RUN, TAMPERED, TIMED_OUT, WRONG_TOTAL, Submission, cell, code

__all__ = ["ATTACKS"]


def _edit_the_helper(nb: Any) -> None:
    cell(nb, "helper").source = "def check_close(first, second):\n    return True\n"


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

ATTACKS: tuple[Submission, ...] = (*SHELL, *CHECKS)
