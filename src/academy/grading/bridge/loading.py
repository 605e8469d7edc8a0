"""nbgrader without what marking never needs: the time to load it is a large part of the time to mark.

Importing the package ``nbgrader`` imports its server extensions, and with them a web server (0.7 s of 1.5 s). And
jsonschema builds a grammar for international web addresses when it finds the package for it (0.9 s), which no notebook
schema uses. Measured with ``python -X importtime -c "import nbgrader.preprocessors"`` on two cores. Import this module
before nbgrader.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec
from typing import Any

__all__: list[str] = []


def _load() -> None:
    if "nbgrader" in sys.modules:
        return
    if "jsonschema" not in sys.modules:
        missing: Any = None
        sys.modules.setdefault("rfc3987_syntax", missing)  # "not installed", which jsonschema allows
    spec = find_spec("nbgrader")
    if spec is None:
        return
    package: Any = module_from_spec(spec)
    package.__version__ = version("nbgrader")
    sys.modules["nbgrader"] = package  # its folder is known, its own code is not run


_load()
