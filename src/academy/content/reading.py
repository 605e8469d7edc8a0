"""Files to data to records, strictly: every error is one sentence that names the file and the field or line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from academy.errors import ContentError

__all__ = ["as_record", "front_matter", "parse_yaml", "read_text", "read_yaml"]

R = TypeVar("R")

_TYPES = frozenset({"single", "multi", "order", "match", "numeric", "short", "scenario", "essay"})


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core values: ``no``, dates and times of day stay text, and a key stands once in a mapping."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - the parent's plug-point

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for index, key in enumerate(keys):
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(problem="a key must be text", problem_mark=node.value[index][0].start_mark)
            if key in keys[:index]:
                mark = node.value[index][0].start_mark
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands twice", problem_mark=mark)
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def read_text(file: Path, root: Path) -> str:
    """Return the text of a file. Raises ``ContentError`` if it is missing or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ContentError(_name(file, root), "the file is missing") from error
    except UnicodeDecodeError as error:
        raise ContentError(_name(file, root), "the file is not UTF-8 text") from error


def read_yaml(file: Path, root: Path) -> Any:
    """Return the data of a YAML file. Raises ``ContentError``."""
    return parse_yaml(read_text(file, root), _name(file, root))


def parse_yaml(text: str, name: str, *, first_line: int = 1) -> Any:
    """Return the data of YAML text that starts at ``first_line`` of the file ``name``. Raises ``ContentError``."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with fewer types
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise ContentError(name, f"{error.problem}", field=f"line {line}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ContentError(name, "it is not readable as YAML") from error


def front_matter(text: str, name: str) -> tuple[Any, str, int]:
    """Return the data between the two lines of ``---``, the text after them, and the line where that begins.

    Raises ``ContentError``.
    """
    found = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    if found is None:
        raise ContentError(name, "a text begins with front matter between two lines of ---", field="line 1")
    return parse_yaml(found[1], name, first_line=2), text[found.end() :], found[0].count("\n") + 1


def as_record(parse: Callable[[Any], R], data: Any, name: str, *, at: str = "") -> R:
    """Return the record that ``parse`` makes of ``data``. Raises ``ContentError`` with the first field at fault.

    ``at`` is where in the file the data stands, such as ``line 30``.
    """
    try:
        return parse(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ": ".join(part for part in (at, _field(first["loc"])) if part)
        raise ContentError(name, _reason(first), field=field or None) from error


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def _field(place: tuple[int | str, ...]) -> str:
    """Return the path of a field as the author knows it: without the type that pydantic puts after a question."""
    parts = [
        str(part)
        for index, part in enumerate(place)
        if not (part in _TYPES and (index == 0 or isinstance(place[index - 1], int)))
    ]
    return ".".join(parts)


def _reason(error: Any) -> str:
    """Return what is wrong, as half a sentence."""
    match error["type"]:
        case "extra_forbidden":
            return "this key is not part of the format"
        case "union_tag_invalid":
            return f"type {error['ctx']['tag']!r} is not one of {', '.join(sorted(_TYPES))}"
        case "union_tag_not_found":
            return "type: Field required"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return str(error["msg"])
