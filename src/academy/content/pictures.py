"""SVG pictures that may stand inside a page: drawing only, no script, no style, nothing from elsewhere."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from academy.errors import ContentError

__all__ = ["read_svg"]

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = {
    *("svg", "g", "path", "line", "rect", "circle", "ellipse", "polyline", "polygon", "text", "tspan", "title", "desc"),
    *("defs", "marker", "use", "symbol", "linearGradient", "radialGradient", "stop", "clipPath", "pattern"),
}
_REFERENCE = re.compile(r"url\(\s*#([\w-]+)\s*\)")


def read_svg(text: str, name: str, prefix: str) -> str:
    """Return the picture as HTML, its ids made unique by ``prefix``. Raises ``ContentError``."""
    if "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL):
        raise ContentError(name, "a picture has no document type or entities")
    try:
        root = ET.fromstring(text)  # noqa: S314 - it defines no entities, see above
    except ET.ParseError as error:
        raise ContentError(name, f"the picture is not readable: {error}") from error
    if root.tag != f"{{{_SVG}}}svg" or "viewBox" not in root.attrib:
        raise ContentError(name, "the picture must be an <svg> with its namespace and a viewBox")
    for element in root.iter():
        _check(element, name, prefix)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True).strip()


def _check(element: ET.Element, name: str, prefix: str) -> None:
    """Refuse what is not drawing; drop the namespace, which HTML knows; make ids unique."""
    tag = element.tag.removeprefix(f"{{{_SVG}}}")
    if tag not in _ELEMENTS:
        raise ContentError(name, f"<{tag}> may not stand in a picture")
    element.tag = tag
    for key, value in element.attrib.items():
        if key.startswith(("on", "{")) or key == "style":
            raise ContentError(name, f"<{tag}>: the attribute {key} may not stand in a picture")
        element.set(key, _local(key, value, name, prefix))


def _local(key: str, value: str, name: str, prefix: str) -> str:
    if key == "id":
        return f"{prefix}-{value}"
    if key == "href":
        if not value.startswith("#"):
            raise ContentError(name, f"{value} lies outside the picture")
        return f"#{prefix}-{value[1:]}"
    local = _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
    if "url(" in _REFERENCE.sub("", value) or "javascript:" in value.lower():
        raise ContentError(name, f"{value} lies outside the picture")
    return local
