"""Submissions that reach for other processes, or leave some behind."""

from __future__ import annotations

from academy.kernels.model import Layer
from tests.attacks.model import (
    DIED,
    FAILED,
    NOT_RUN,
    PASSED,
    RIGHT_SQUARES,
    TAMPERED,
    TIMED_OUT,
    TOUCHES,
    WRONG_SQUARES,
    Submission,
    code,
    probe,
)

__all__ = ["ATTACKS"]

ALONE = frozenset({Layer.NAMESPACES})

ATTACKS: tuple[Submission, ...] = (
    probe(
        "kills-whom-it-can-see",
        "Signals every process that it finds, and every number that it can guess.",
        "first(lambda pid: os.kill(pid, signal.SIGKILL), others())",
        "first(lambda pid: os.kill(pid, signal.SIGSTOP), [n for n in range(2, 3000) if str(n) not in own])",
        "first(lambda pid: os.killpg(pid, signal.SIGTERM), [n for n in range(2, 3000) if n != os.getpgrp()])",
        setup="own = set(os.listdir('/proc/self/task'))",
        needs=ALONE,
    ),
    probe(
        "kills-everybody-at-once",
        "Signals all processes that it may.",
        "os.kill(-1, signal.SIGKILL)",
        needs=ALONE,
    ),
    probe(
        "kills-its-parent",
        "Signals the process that started it.",
        "os.kill(os.getppid() or 99_999_999, signal.SIGKILL)",
        "signal.pidfd_send_signal(os.pidfd_open(os.getppid() or 99_999_999), signal.SIGKILL)",
    ),
    probe(
        "traces-others",
        "Attaches to other processes like a debugger.",
        "first(lambda pid: system_call(101, 16, pid, 0, 0), others() + [os.getppid() or 99_999_999])",
        "first(lambda pid: system_call(101, 0x4206, pid, 0, 0), others() + [os.getppid() or 99_999_999])",
        "first(lambda pid: system_call(310, pid, 0, 0, 0, 0, 1), others())",
        needs=ALONE,
        **TOUCHES,
    ),
    probe(
        "takes-descriptors-of-others",
        "Copies open files out of other processes.",
        "first(lambda pid: system_call(438, os.pidfd_open(pid), 0, 0), others())",
        "first(lambda pid: os.listdir(f'/proc/{pid}/fd'), others())",
        "first(lambda pid: os.readlink(f'/proc/{pid}/cwd'), others())",
        needs=ALONE,
        **TOUCHES,
    ),
    probe(
        "starts-programs",
        "Starts programs of the machine and of its own.",
        "subprocess.run([sys.executable, '-c', '1'])",
        "subprocess.run(['/bin/true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "subprocess.run([program()])",
        **TOUCHES,
        setup="""
        import shutil
        def program():
            shutil.copy('/bin/true', 'program')
            os.chmod('program', 0o700)
            return './program'
        """,
    ),
    probe(
        "starts-a-program-from-memory",
        "Starts a program that lies in no folder.",
        "run_from_memory()",
        setup="""
        def run_from_memory():
            memory = os.memfd_create('program', 0)
            os.write(memory, Path('/bin/true').read_bytes())
            child = os.fork()
            if child == 0:
                try:
                    os.execve(memory, ['true'], {})
                finally:
                    os._exit(1)
            return {0: 'ran'}[os.waitpid(child, 0)[1]]
        """,
        **TOUCHES,
    ),
    probe(
        "raises-its-own-limits",
        "Takes back what it was limited to.",
        "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))",
        "os.setpriority(os.PRIO_PROCESS, 0, -20)",
        "open('/proc/self/oom_score_adj', 'w').write('-1000')",
        "open('/proc/sys/kernel/pid_max', 'w').write('4194304')",
    ),
    probe(
        "asks-for-odd-parts-of-Linux",
        "Uses system calls that no notebook needs.",
        "system_call(425, 8, ctypes.create_string_buffer(256))",
        "system_call(321, 0, ctypes.create_string_buffer(256), 128)",
        "system_call(323, 1)",
        "system_call(298, ctypes.create_string_buffer(b'\\x01\\0\\0\\0\\x80', 256), 0, -1, -1, 0)",
        "system_call(248, b'user', b'left-behind', b'x', 1, -3)",
        **TOUCHES,
    ),
    Submission(
        name="leaves-a-process-behind",
        tries="A child in a session of its own lives on, with everything open that its parent had.",
        squares=code(
            """
            import os, signal
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                        try:
                            signal.signal(number, signal.SIG_IGN)
                        except (OSError, ValueError):
                            pass
                    while True:
                        signal.pause()
                os._exit(0)
            """
        )
        + RIGHT_SQUARES,
        needs=ALONE,
        **TOUCHES,
    ),
    Submission(
        name="leaves-a-process-behind-while-it-is-tested",
        tries="The function starts a child that sleeps, and answers right.",
        squares="import os, time\ndef squares(n):\n    if not os.fork():\n        os.setsid()\n        time.sleep(99)\n"
        "        os._exit(0)\n    return [k * k for k in range(1, n + 1)]\n",
        needs=ALONE,
        **TOUCHES,
    ),
    Submission(
        name="goes-on-as-two",
        tries="After a fork both processes behave as the kernel; the work of one of them is right.",
        squares=code(
            """
            import os, time
            child = os.fork()
            if child:
                time.sleep(0.3)
            def squares(n):
                return ['wrong'] if child else [k * k for k in range(1, n + 1)]
            """
        ),
        on_squares=PASSED | FAILED | TAMPERED | NOT_RUN | DIED | TIMED_OUT,
        on_total=PASSED | TAMPERED | NOT_RUN | DIED | TIMED_OUT,
    ),
    Submission(
        name="lets-a-child-answer",
        tries="While it is tested, a child returns from the test and the parent waits for ever.",
        squares="import os, time\ndef squares(n):\n    if os.fork():\n        time.sleep(3600)\n"
        "    return [k * k for k in range(1, n + 1)]\n",
        on_squares=PASSED | TIMED_OUT | TAMPERED | DIED | NOT_RUN,
        on_total=PASSED | TIMED_OUT | TAMPERED | NOT_RUN | DIED,
    ),
    Submission(
        name="leaves-threads",
        tries="Threads that never end, and that nobody may wait for.",
        squares=code(
            """
            import threading, time
            def stay():
                while True:
                    time.sleep(0.05)
            for _ in range(5):
                threading.Thread(target=stay).start()
            """
        )
        + RIGHT_SQUARES,
        **TOUCHES,
    ),
    Submission(
        name="refuses-to-end",
        tries="What runs at the end of the interpreter does not end.",
        squares=code(
            """
            import atexit, signal, weakref
            def stay(*_):
                while True:
                    pass
            atexit.register(stay)
            class Stay:
                __del__ = stay
            held = Stay()
            held.itself = held
            signal.signal(signal.SIGTERM, stay)
            """
        )
        + RIGHT_SQUARES,
        **TOUCHES,
    ),
    Submission(
        name="leaves-shared-memory",
        tries="Shared memory of every kind stays after its process.",
        squares=code(
            """
            import ctypes, os
            from multiprocessing import resource_tracker, shared_memory
            for attempt in (
                lambda: ctypes.CDLL(None).shmget(0x4242, 1 << 20, 0o1666),
                lambda: ctypes.CDLL(None).msgget(0x4242, 0o1666),
                lambda: open('/dev/shm/left-behind', 'wb').write(bytes(1 << 20)),
                lambda: open('/tmp/left-behind', 'wb').write(bytes(1 << 20)),
                lambda: os.write(os.memfd_create('left-behind'), bytes(1 << 20)),
            ):
                try:
                    attempt()
                except OSError:
                    pass
            """
        )
        + RIGHT_SQUARES,
        needs=ALONE,
        **TOUCHES,
    ),
    Submission(
        name="ends-while-it-is-tested",
        tries="The process ends without a word.",
        squares="import os\ndef squares(n):\n    os._exit(0)\n",
        on_squares=DIED,
        on_total=NOT_RUN,
    ),
    Submission(
        name="ends-before-it-is-tested",
        tries="The process ends before any test.",
        squares="import os\nos._exit(0)\n",
        on_squares=NOT_RUN,
        on_total=NOT_RUN,
    ),
    Submission(
        name="kills-itself",
        tries="Sends itself the signal that cannot be caught.",
        squares="import os, signal\ndef squares(n):\n    os.kill(os.getpid(), signal.SIGKILL)\n    return []\n",
        on_squares=DIED | FAILED,
        on_total=NOT_RUN | PASSED,
    ),
    Submission(
        name="crashes",
        tries="Reads memory that is not there.",
        squares="import ctypes\ndef squares(n):\n    return ctypes.string_at(0)\n",
        on_squares=DIED | TAMPERED,
        on_total=NOT_RUN | PASSED,
    ),
    Submission(
        name="aborts",
        tries="Ends with a fatal error of the interpreter.",
        squares="import os\ndef squares(n):\n    os.abort()\n",
        on_squares=DIED,
        on_total=NOT_RUN,
    ),
    Submission(
        name="stops-itself",
        tries="Is neither dead nor alive.",
        squares="import os, signal\ndef squares(n):\n    os.kill(os.getpid(), signal.SIGSTOP)\n    return []\n",
        on_squares=TIMED_OUT | FAILED,
        on_total=NOT_RUN | PASSED,
    ),
    Submission(
        name="becomes-another-program",
        tries="Replaces the kernel by a program that says nothing.",
        squares="import os, sys\n"
        + WRONG_SQUARES
        + "try:\n    os.execv(sys.executable, ['python', '-c', '1'])\nexcept OSError:\n    pass\n",
        on_squares=FAILED,
    ),
)
