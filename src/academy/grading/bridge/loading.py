"""nbgrader without what marking never needs: the time to load it is a large part of the time to mark.

Importing the package ``nbgrader`` imports its server extensions, and with them a web server; ``nbconvert`` imports all
that writes HTML, and with it three parsers; a class of either is mostly one small module. So the code of these packages
is run when somebody asks for more of them than the modules that are named here. And jsonschema loads a package for each
kind of text that it can check, one of which builds a grammar first; no notebook schema uses them. Measured with
``python -X importtime -c "import nbgrader.preprocessors"``: 3.3 s before, 0.5 s after, on a busy machine. Import this
module before nbgrader.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

__all__ = ["later"]

_PACKAGES: Mapping[str, Mapping[str, str]] = {
    "nbgrader": {"__version__": "_version"},
    "nbgrader.auth": {"Authenticator": "base", "BaseAuthPlugin": "base", "NoAuthPlugin": "base"},
    "nbgrader.converters": {"Autograde": "autograde", "BaseConverter": "base", "NbGraderException": "base"},
    "nbgrader.preprocessors": {
        "AssignLatePenalties": "latesubmissions",
        "CheckCellMetadata": "checkcellmetadata",
        "ClearOutput": "clearoutput",
        "DeduplicateIds": "deduplicateids",
        "Execute": "execute",
        "IgnorePattern": "ignorepattern",
        "LimitOutput": "limitoutput",
        "NbGraderPreprocessor": "base",
        "OverwriteCells": "overwritecells",
        "OverwriteKernelspec": "overwritekernelspec",
        "SaveAutoGrades": "saveautogrades",
    },
    "rapidfuzz": {},
    "nbconvert": {"__version__": "_version"},
    "nbconvert.exporters": {"Exporter": "exporter", "NotebookExporter": "notebook"},
    "nbconvert.preprocessors": {
        "CellExecutionError": "execute",
        "ClearMetadataPreprocessor": "clearmetadata",
        "ClearOutputPreprocessor": "clearoutput",
        "ExecutePreprocessor": "execute",
        "Preprocessor": "base",
    },
    "nbconvert.writers": {"FilesWriter": "files"},
}
"""Packages, and in which of their modules the names are found that can be had without running the package's code."""
_FORMATS = (
    "fqdn",
    "isoduration",
    "rfc3339_validator",
    "rfc3986_validator",
    "rfc3987_syntax",
    "uri_template",
    "webcolors",
)
"""What jsonschema loads to check kinds of text, such as addresses and times."""
_lock = threading.RLock()


class _Later(ModuleType):
    """A package whose modules can be imported, and whose own code is run when it is asked for something else."""

    def __getattr__(self, name: str) -> Any:
        parts = _PACKAGES[self.__name__]
        if name in parts:
            return getattr(import_module(f"{self.__name__}.{parts[name]}"), name)
        if name.startswith("__") and name not in {"__all__", "__version__"}:
            raise AttributeError(name)
        if find_spec(f"{self.__name__}.{name}") is not None:
            return import_module(f"{self.__name__}.{name}")
        with _lock:
            if type(self) is _Later:
                self.__class__ = ModuleType  # type: ignore[assignment] # now: its code asks for parts of it
                self.__spec__.loader.exec_module(self)  # type: ignore[union-attr]
        return getattr(self, name)


def later(name: str) -> None:
    """Put a package in its place without running its code, unless it has been imported."""
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        return
    package: Any = module_from_spec(spec)
    package.__class__ = _Later
    sys.modules[name] = package
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, package)


def _load() -> None:
    _load_jsonschema()
    for name in _PACKAGES:
        later(name)


def _load_jsonschema() -> None:
    missing: Any = None  # what import takes for "not installed", which jsonschema allows
    unused = [name for name in _FORMATS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(unused, missing))
    import_module("jsonschema")
    for name in unused:
        del sys.modules[name]


_load()
