"""Submissions whose files lead somewhere else, and code that makes such files."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import Any

from academy.kernels.model import Layer
from tests.attacks.model import (
    FAILED,
    MANUAL,
    NOT_RUN,
    PASSED,
    RIGHT_SQUARES,
    TAMPERED,
    TOUCHES,
    WRONG_SQUARES,
    Place,
    Submission,
    code,
    probe,
)

__all__ = ["ATTACKS"]

LOOKED_AT: dict[str, Any] = {
    "on_squares": PASSED | NOT_RUN,
    "on_total": PASSED | NOT_RUN,
    "on_essay": MANUAL | NOT_RUN,
}
"""Marked without what is wrong with it, or not opened at all; a person hears of it either way."""
NOT_OPENED: dict[str, Any] = {"on_squares": NOT_RUN, "on_total": NOT_RUN, "on_essay": MANUAL | NOT_RUN}

PLANT = "from pathlib import Path\nPath('@PLANT@').touch()\n"


def _neighbours(place: Place) -> Path:
    return place.course / "submitted" / place.neighbour / "task"


def _link_to_the_gradebook(folder: Path, place: Place) -> None:
    (folder / "data.csv").symlink_to(place.course / "gradebook.db")


def _link_to_the_source(folder: Path, place: Place) -> None:
    (folder / "data").symlink_to(place.course / "source")


def _link_upwards(folder: Path, _: Place) -> None:
    (folder / "up").symlink_to("../../..")
    (folder / "round").symlink_to(".")


def _link_instead_of_the_notebook(folder: Path, place: Place) -> None:
    (folder / "task.ipynb").unlink()
    (folder / "task.ipynb").symlink_to(_neighbours(place) / "task.ipynb")


def _hard_link_instead_of_the_notebook(folder: Path, place: Place) -> None:
    (folder / "task.ipynb").unlink()
    (folder / "task.ipynb").hardlink_to(place.collected)


def _hard_link_to_the_home_folder(folder: Path, place: Place) -> None:
    (folder / "data.txt").hardlink_to(place.home / "key.txt")


def _link_instead_of_the_folder(folder: Path, place: Place) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(_neighbours(place))


def _folder_instead_of_the_notebook(folder: Path, _: Place) -> None:
    (folder / "task.ipynb").unlink()
    (folder / "task.ipynb").mkdir()


def _pipe_instead_of_the_notebook(folder: Path, _: Place) -> None:
    (folder / "task.ipynb").unlink()
    os.mkfifo(folder / "task.ipynb")


def _pipe_beside_the_notebook(folder: Path, _: Place) -> None:
    os.mkfifo(folder / "data.csv")


def _socket_beside_the_notebook(folder: Path, _: Place) -> None:
    here = Path.cwd()
    os.chdir(folder)  # the name of a socket is short
    try:
        socket.socket(socket.AF_UNIX).bind("data.csv")
    finally:
        os.chdir(here)


def _odd_file_names(folder: Path, _: Place) -> None:
    for name in (
        b"\xff\xfe.txt",
        b"two\nlines.txt",
        b"-rf",
        b"..data",
        b"$(touch planted)",
        b"*",
        "\u202etxt.exe".encode(),
    ):
        (folder / os.fsdecode(name)).write_text("data")
    (folder / ("n" * 250)).write_text("data")


def _deep_folders(folder: Path, _: Place) -> None:
    deepest = folder.joinpath(*["deep"] * 60)
    deepest.mkdir(parents=True)
    (deepest / "data.txt").write_text("data")


def _configuration(folder: Path, _: Place) -> None:
    """Files that Jupyter, IPython and Python run where they find them."""
    for name in (
        "nbgrader_config.py",
        "jupyter_config.py",
        "ipython_config.py",
        "sitecustomize.py",
        "usercustomize.py",
    ):
        (folder / name).write_text("from pathlib import Path\nPath('planted-here').touch()\nprint('reached: run')\n")
    startup = folder / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("print('reached: start-up')\n")
    (folder / "x.pth").write_text("import os; print('reached: path file')\n")


def _own_unittest(folder: Path, _: Place) -> None:
    (folder / "unittest.py").write_text("class TestCase:\n    def __getattr__(self, name):\n        return print\n")
    (folder / "numpy").mkdir()
    (folder / "numpy" / "__init__.py").touch()
    (folder / "numpy" / "testing.py").write_text("def assert_allclose(*_, **__):\n    pass\n")


def _own_standard_library(folder: Path, _: Place) -> None:
    for name in ("json", "ast", "math", "traceback", "IPython", "academy", "random", "hashlib"):
        (folder / f"{name}.py").write_text("print('reached: own module')\n")


ATTACKS: tuple[Submission, ...] = (
    Submission(
        name="links-to-the-gradebook",
        tries="A symbolic link leads to the gradebook, and the code reads it.",
        arrange=_link_to_the_gradebook,
        squares=RIGHT_SQUARES
        + "try:\n    print('reached:', open('data.csv', 'rb').read(9))\nexcept OSError:\n    pass\n",
        **LOOKED_AT,
    ),
    Submission(
        name="links-to-the-source",
        tries="A symbolic link leads to the instructor's folder.",
        arrange=_link_to_the_source,
        squares=RIGHT_SQUARES + "import os\nif os.path.exists('data/task/task.ipynb'):\n    print('reached: source')\n",
        **LOOKED_AT,
    ),
    Submission(
        name="links-upwards-and-round",
        tries="Symbolic links make a copy endless.",
        arrange=_link_upwards,
        **LOOKED_AT,
    ),
    Submission(
        name="links-to-a-neighbours-notebook",
        tries="A symbolic link hands in somebody else's work.",
        arrange=_link_instead_of_the_notebook,
        **NOT_OPENED,
    ),
    Submission(
        name="hard-links-to-a-neighbours-notebook",
        tries="A hard link hands in somebody else's work.",
        arrange=_hard_link_instead_of_the_notebook,
        **NOT_OPENED,
    ),
    Submission(
        name="hard-links-to-the-home-folder",
        tries="A hard link brings a key of the grader into the kernel's folder.",
        arrange=_hard_link_to_the_home_folder,
        squares=RIGHT_SQUARES
        + "import os\nif os.path.exists('data.txt'):\n    print('reached:', open('data.txt').read())\n",
        **LOOKED_AT,
    ),
    Submission(
        name="links-to-a-neighbours-folder",
        tries="The folder that was handed in is a symbolic link itself.",
        arrange=_link_instead_of_the_folder,
        **NOT_OPENED,
    ),
    Submission(
        name="hands-in-a-folder-named-like-the-notebook",
        tries="What should be a file is a folder.",
        arrange=_folder_instead_of_the_notebook,
        **NOT_OPENED,
    ),
    Submission(
        name="hands-in-a-pipe-named-like-the-notebook",
        tries="Whoever opens it waits for ever.",
        arrange=_pipe_instead_of_the_notebook,
        **NOT_OPENED,
    ),
    Submission(
        name="hands-in-a-pipe",
        tries="Whoever copies the folder waits for ever.",
        arrange=_pipe_beside_the_notebook,
        **LOOKED_AT,
    ),
    Submission(
        name="hands-in-a-socket",
        tries="A file that cannot be copied.",
        arrange=_socket_beside_the_notebook,
        **LOOKED_AT,
    ),
    Submission(
        name="hands-in-odd-file-names",
        tries="Names that are no text, that look like options or like commands.",
        arrange=_odd_file_names,
        **LOOKED_AT,
    ),
    Submission(
        name="hands-in-deep-folders",
        tries="Sixty folders, one inside the other.",
        arrange=_deep_folders,
        **LOOKED_AT,
    ),
    Submission(
        name="hands-in-configuration",
        tries="Files that programs of Jupyter would run.",
        arrange=_configuration,
        **LOOKED_AT,
    ),
    Submission(
        name="brings-its-own-unittest",
        tries="Modules beside the notebook stand in for those that the tests check with.",
        arrange=_own_unittest,
        squares=WRONG_SQUARES,
        total="def total(numbers):\n    return len(numbers)\n",
        on_squares=FAILED | TAMPERED | NOT_RUN,
        on_total=FAILED | TAMPERED | NOT_RUN | frozenset({"partly"}),
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(
        name="brings-its-own-standard-library",
        tries="Modules beside the notebook are named like those that the kernel needs.",
        arrange=_own_standard_library,
        **(LOOKED_AT | {"on_squares": PASSED | NOT_RUN | FAILED | TAMPERED, "on_total": PASSED | NOT_RUN | TAMPERED}),
    ),
    probe(
        "writes-where-marks-are-kept",
        "Creates files in the folders of the course and of the machine.",
        "open('@COURSE@/submitted/@NEIGHBOUR@/task/task.ipynb', 'a').write('x')",
        "open('@HOME@/planted', 'w').write('x')",
        "open(os.path.join(sys.prefix, 'planted'), 'w')",
        "open(os.__file__, 'a')",
        "open('/usr/planted', 'w')",
        "open('/planted', 'w')",
        setup="""
        for place in ('@PLANT@', '@COURSE@/planted', '@COURSE@/autograded/planted', '@COURSE@/feedback/planted'):
            try:
                os.makedirs(os.path.dirname(place), exist_ok=True)
                Path(place).touch()
            except OSError:
                pass
        """,
    ),
    probe(
        "makes-links",
        "Links to the gradebook from its own folder, and reads through them.",
        "(os.symlink('@COURSE@/gradebook.db', 'soft'), open('soft', 'rb').read())",
        "(os.symlink('../../../gradebook.db', 'relative'), open('relative', 'rb').read())",
        "os.link('@COURSE@/gradebook.db', 'hard')",
        "os.link('/proc/1/root@COURSE@/gradebook.db', 'hard-too')",
        "os.mknod('device', 0o60600, os.makedev(254, 0))",
    ),
    Submission(
        name="leaves-links-instead-of-the-notebook",
        tries="Replaces its own notebook by links, for whoever writes the marked copy.",
        squares=RIGHT_SQUARES
        + code(
            """
            import os
            for name in ('task.ipynb', 'task.html', 'submission_secret.txt', 'timestamp.txt'):
                if os.path.lexists(name):
                    os.unlink(name)
                os.symlink('@PLANT@', name)
            """
        ),
        total="import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n" + "total = sum\n",
        needs=frozenset({Layer.FILE_TREE}),
    ),
    probe(
        "mounts-something",
        "Changes its own view of the files.",
        "system_call(165, b'none', b'/tmp', b'tmpfs', 0, None)",
        "system_call(166, b'/tmp', 2)",
        "system_call(272, 0x10020000)",
        "os.chroot('/tmp')",
        "system_call(155, b'.', b'.')",
        "os.setuid(0) or os.setgroups([0])",
        **TOUCHES,
    ),
)
