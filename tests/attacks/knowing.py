"""Submissions of somebody who knows how this grader works, or who leaves something for the next."""

from __future__ import annotations

from academy.kernels.model import Layer
from tests.attacks.forgeries import ENDED, NO_MARK, forges
from tests.attacks.model import DIED, FAILED, NOT_RUN, RIGHT_SQUARES, RIGHT_TOTAL, TAMPERED, Submission, code, probe

__all__ = ["ATTACKS"]

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

ATTACKS: tuple[Submission, ...] = (*KNOWING, *MEMORY_OF_OTHERS)
