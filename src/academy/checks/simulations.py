"""Whether the interactive pages that lessons name start, and let nobody type what should not be written down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from academy.content.catalogue import Catalogue

__all__ = ["remarks"]

SECONDS = 120
_LOOK = """
import sys
import ipywidgets
from ipywidgets.widgets import widget
exec(compile(sys.stdin.read(), "launcher", "exec"), {"__name__": "__main__"})
fields = (ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Password, ipywidgets.Combobox, ipywidgets.FileUpload)
made = list(widget._instances.values())
print(len(made), ", ".join(sorted({type(one).__name__ for one in made if isinstance(one, fields)})), sep=";")
"""


def remarks(catalogue: Catalogue) -> Iterator[str]:
    """Start each one in a process of its own, as its page would, and look at the controls that it makes."""
    names = {
        lesson.interactive: f"modules/{slug}/en/{lesson.slug}.md"
        for slug in catalogue.modules
        for lesson in catalogue.module(slug).lessons
        if lesson.interactive
    }
    for name, file in sorted(names.items()):
        launcher = catalogue.root / "voila_apps" / f"{name}.ipynb"
        if not launcher.is_file():
            yield f"{file}: interactive: there is no {launcher.relative_to(catalogue.root).as_posix()}"
            continue
        for remark in _start(launcher):
            yield f"{launcher.relative_to(catalogue.root).as_posix()}: {remark}"


def _start(launcher: Path) -> Iterator[str]:
    cells = json.loads(launcher.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    with tempfile.TemporaryDirectory(prefix="academy-check-") as folder:
        try:
            ended = subprocess.run(  # noqa: S603 - a launcher of this folder, which pages run, too
                [sys.executable, "-c", _LOOK],
                input=code,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                cwd=folder,
                env=os.environ | {"IPYTHONDIR": folder},
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield f"it has not started after {SECONDS} seconds"
            return
        if ended.returncode:
            yield f"it does not start: {ended.stderr.strip().splitlines()[-1]}"
            return
        if any(Path(folder).rglob("*.*")):
            yield "it writes files"
    count, fields = ended.stdout.strip().splitlines()[-1].split(";")
    if count == "0":
        yield "it shows nothing"
    if fields:
        yield f"people can type into it or upload: {fields.strip()}"
