"""What a learner's code has shown, brought into a form that can do nothing: text, and pictures that are pictures.

Whoever opens a marked notebook, in formgrader, in feedback or elsewhere, opens it with her own rights. So markup and
programs stay behind when it is recorded, whatever the page would do with them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["safe_outputs"]

_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""Kinds of pictures, and how each begins."""
_LEFT_OUT = "(Something was shown here that is neither text nor a picture.)"


def safe_outputs(outputs: Iterable[Any]) -> list[dict[str, Any]]:
    """Return outputs in nbformat's form; what has another form is left out."""
    safe = (_safe(output) for output in outputs if isinstance(output, Mapping))
    return [output for output in safe if output is not None]


def _safe(output: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(output.get("text"))}
    if kind == "error":
        trace = output.get("traceback")
        lines = [_text(line) for line in trace] if isinstance(trace, list) else []
        return {
            "output_type": "error", "ename": _text(output.get("ename")), "evalue": _text(output.get("evalue")),
            "traceback": lines,
        }  # fmt: skip
    if kind in ("display_data", "execute_result"):
        found = {"output_type": kind, "data": _data(output.get("data")), "metadata": {}}
        return found | ({"execution_count": None} if kind == "execute_result" else {})
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _data(data: Any) -> dict[str, str]:
    given = data if isinstance(data, Mapping) else {}
    found = {"text/plain": _text(given.get("text/plain")) or _LEFT_OUT}
    for kind, beginning in _PICTURES.items():
        picture = given.get(kind)
        if isinstance(picture, str) and _is_picture(picture, beginning):
            found[kind] = picture
    return found


def _is_picture(data: str, beginning: bytes) -> bool:
    try:
        return base64.b64decode("".join(data.split()), validate=True).startswith(beginning)
    except (binascii.Error, ValueError):
        return False
