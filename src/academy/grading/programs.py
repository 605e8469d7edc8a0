"""Programs that nbgrader starts by their name."""

from __future__ import annotations

import os
import sysconfig

__all__ = ["find_programs"]


def find_programs() -> None:
    """Put this environment's programs on PATH: nbgrader starts ``alembic`` by name when it makes a gradebook."""
    programs = sysconfig.get_path("scripts")
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
