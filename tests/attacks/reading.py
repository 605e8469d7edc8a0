"""Submissions that look for what others wrote, and for what the grader knows."""

from __future__ import annotations

from academy.kernels.model import Layer
from tests.attacks.model import TOUCHES, Submission, probe

__all__ = ["ATTACKS"]

OWN_MEMORY = """
def in_own_memory(pattern):
    found = []
    with open('/proc/self/mem', 'rb', 0) as memory:
        for line in open('/proc/self/maps').read().splitlines():
            first, last = (int(end, 16) for end in line.split()[0].split('-'))
            if line.split()[1].startswith('rw'):
                try:
                    memory.seek(first)
                    found += re.findall(pattern, memory.read(last - first))
                except (OSError, OverflowError):
                    pass
    return found[0]
"""

ATTACKS: tuple[Submission, ...] = (
    probe(
        "reads-the-gradebook",
        "Opens the gradebook by the way up from its folder and by its full name.",
        "open('../../../gradebook.db', 'rb').read()",
        "open('@COURSE@/gradebook.db', 'rb').read()",
        "os.listdir('@COURSE@/source')",
    ),
    probe(
        "asks-what-there-is",
        "Asks whether files exist, and how large they are.",
        "os.stat('@COURSE@/gradebook.db')",
        "os.stat('@HOME@/key.txt')",
        "os.stat('/etc/passwd')",
        "os.readlink('/proc/1/exe') if os.getpid() != 1 else os.stat('/home')",
        needs=frozenset({Layer.FILE_TREE}),
    ),
    probe(
        "changes-the-gradebook",
        "Gives itself a mark.",
        "__import__('sqlite3').connect('../../../gradebook.db').execute('update grade set manual_score = 99')",
        "__import__('sqlite3').connect('@COURSE@/gradebook.db').execute('update grade set manual_score = 99')",
        "__import__('sqlite3').connect('file:@COURSE@/gradebook.db?mode=ro', uri=True).execute('select 1 from grade')",
    ),
    probe(
        "reads-the-source",
        "Opens the instructor's version with its solutions and hidden tests.",
        "open('../../../source/task/task.ipynb').read()",
        "open('@COURSE@/source/task/task.ipynb').read()",
        "open('@COURSE@/release/task/task.ipynb').read()",
        "open('@COURSE@/nbgrader_config.py').read()",
    ),
    probe(
        "reads-another-submission",
        "Opens what a neighbour handed in, and how it was marked.",
        "open('../../@NEIGHBOUR@/task/task.ipynb').read()",
        "open('@COURSE@/submitted/@NEIGHBOUR@/task/task.ipynb').read()",
        "open('@COURSE@/autograded/@NEIGHBOUR@/task/task.ipynb').read()",
        "os.listdir('@COURSE@/submitted')",
        "os.listdir('@COURSE@/feedback')",
    ),
    probe(
        "reads-the-exchange",
        "Looks into nbgrader's exchange.",
        "os.listdir('@EXCHANGE@')",
        "open('@EXCHANGE@/notes.txt').read()",
    ),
    probe(
        "reads-the-accounts-of-the-machine",
        "Opens lists of accounts and names below /etc.",
        "open('/etc/passwd').read()",
        "open('/etc/shadow').read()",
        "open('/etc/hosts').read()",
        "open('/etc/hostname').read()",
        "open('/etc/machine-id').read()",
        "os.listdir('/etc/ssl')",
    ),
    probe(
        "reads-the-home-folder",
        "Looks for keys in the home folder of whoever grades.",
        "open('@HOME@/key.txt').read()",
        "os.listdir('@HOME@')",
        "os.listdir('/home')",
        "os.listdir('/root')",
        "os.listdir('/var')",
    ),
    probe(
        "reads-the-environment",
        "Looks for tokens in its own environment and in that of every process it can see.",
        "os.environ['JUPYTERHUB_API_TOKEN']",
        "[value for value in os.environ.values() if 'secret' in value][0]",
        "re.search(rb'secret-in-[a-z-]+', open('/proc/self/environ', 'rb').read()).group()",
        "re.search(rb'secret-in-[a-z-]+', open('/proc/1/environ', 'rb').read()).group()",
        "first(lambda pid: open(f'/proc/{pid}/environ', 'rb').read(), others())",
    ),
    probe(
        "reads-the-memory-of-its-parent",
        "Opens the memory of other processes.",
        "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
        "first(lambda pid: open(f'/proc/{pid}/mem', 'rb'), others())",
        "first(lambda pid: open(f'/proc/{pid}/maps').read(1), others())",
        "open('/proc/kcore', 'rb').read(1)",
        "open('/dev/mem', 'rb').read(1)",
        "open('/dev/kmsg').read(1)",
    ),
    probe(
        "searches-its-own-memory-for-what-the-grader-knew",
        "A forked process has a copy of what was in memory before; it must not hold anything.",
        "in_own_memory(rb'secret-in-the-(?:environment|gradebook|source|submission|home|exchange)-[0-9a-f]{12}')",
        setup=OWN_MEMORY,
    ),
    probe(
        "searches-its-own-memory-for-hidden-tests",
        "Looks for tests before they are run.",
        "in_own_memory(rb'secret-in-the-hidden-tests-[0-9a-f]{12}')",
        setup=OWN_MEMORY,
        **TOUCHES,
    ),
    probe(
        "climbs-out-through-what-is-open",
        "Uses every open descriptor and every name of a root folder as a way up.",
        "first(lambda fd: os.stat('../../../../../../../..@COURSE@/source', dir_fd=fd), range(64))",
        "os.stat('/proc/1/root@COURSE@/gradebook.db')",
        "os.stat('/proc/self/cwd/../../../gradebook.db')",
        "(os.chroot('.'), os.chdir('../../../../../..'), os.stat('.@COURSE@/source'))",
        setup="""
        try:
            first(os.fchdir, range(3, 64))
        except LookupError:
            pass
        """,
    ),
    probe(
        "asks-the-shell",
        "Lets IPython start programs that read for it.",
        "{'42': 1}[get_ipython().getoutput('echo 42')[0]]",
        "{0: 1}[get_ipython().system('cat /etc/passwd > /dev/null') or get_ipython().user_ns['_exit_code']]",
        "get_ipython().run_cell_magic('bash', '', 'cat /etc/passwd')",
        "subprocess.check_output(['/bin/cat', '/etc/passwd'])",
        "os.popen('cat /etc/passwd').read()[0]",
        **TOUCHES,
    ),
    probe(
        "looks-at-the-system",
        "Looks for other mounts, for block devices and for the machine's own files.",
        "os.listdir('/sys')",
        "os.listdir('/dev/disk')",
        "os.listdir('/run')",
        "os.listdir('/opt')",
        "[name for name in os.listdir('/dev') if name.startswith(('sd', 'vd', 'nvme', 'tty'))][0]",
        "re.search(r'secret-in-[a-z-]+', open('/proc/self/mountinfo').read()).group()",
    ),
)
