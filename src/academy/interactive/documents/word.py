"""Text documents (.docx, ECMA-376): a ZIP archive of XML parts, with properties, tracked changes and comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile, ZipInfo

from academy.errors import BadInput
from academy.interactive.documents.parts import Finding, Look

__all__ = ["archive", "cleaned", "look"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ET.register_namespace("w", W.strip("{}"))

BODY, COMMENTS, CORE, APP = "word/document.xml", "word/comments.xml", "docProps/core.xml", "docProps/app.xml"
TYPES, LINKS = "[Content_Types].xml", "word/_rels/document.xml.rels"

PROPERTIES = {
    "author": (CORE, "creator"),
    "editor": (CORE, "lastModifiedBy"),
    "created": (CORE, "created"),
    "changed": (CORE, "modified"),
    "saves": (CORE, "revision"),
    "minutes": (APP, "TotalTime"),
    "company": (APP, "Company"),
    "program": (APP, "Application"),
}
"""Where a property stands: the part and the name of the element."""

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can hold; says nothing about when it was made."""


def look(file: bytes) -> Look:
    """Return the lines of the page, then properties, removed words and remarks. Raises ``BadInput``."""
    parts = _parts(file)
    body = _xml(parts[BODY])
    return Look(
        seen=tuple("".join(text.text or "" for text in line.iter(f"{W}t")) for line in body.iter(f"{W}p")),
        findings=(*_properties(parts), *_removed(body), *_remarks(parts)),
    )


def cleaned(file: bytes) -> bytes:
    """Return the document without properties, with its changes accepted and its comments gone. Raises ``BadInput``."""
    parts = _parts(file)
    body = _xml(parts[BODY])
    _accept(body)
    kept = {name: data for name, data in parts.items() if name not in {COMMENTS, CORE, APP}}
    kept[BODY] = _packed(body)
    for name in (TYPES, LINKS, "_rels/.rels"):
        kept[name] = _without_lost_parts(kept[name])
    return archive(kept)


def archive(parts: Mapping[str, bytes]) -> bytes:
    """Pack the parts into a file that is the same whenever it is made."""
    file = BytesIO()
    with ZipFile(file, "w") as packed:
        for name, data in parts.items():
            packed.writestr(ZipInfo(name, ZIP_EPOCH), data)
    return file.getvalue()


def _parts(file: bytes) -> dict[str, bytes]:
    try:
        with ZipFile(BytesIO(file)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    except BadZipFile as error:
        raise _broken() from error
    if BODY not in parts:
        raise _broken()
    return parts


def _xml(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - only the samples of this package are read


def _properties(parts: Mapping[str, bytes]) -> Iterator[Finding]:
    for name, (part, element) in PROPERTIES.items():
        for node in _xml(parts[part]).iter() if part in parts else ():
            if node.tag.rpartition("}")[2] == element and node.text:
                yield Finding(name, node.text)


def _removed(body: ET.Element) -> Iterator[Finding]:
    for change in body.iter(f"{W}del"):
        words = "".join(text.text or "" for text in change.iter(f"{W}delText"))
        yield Finding("removed", f"“{words.strip(' ,')}”, taken out by {change.get(f'{W}author', '')}")


def _remarks(parts: Mapping[str, bytes]) -> Iterator[Finding]:
    for remark in _xml(parts[COMMENTS]).iter(f"{W}comment") if COMMENTS in parts else ():
        words = "".join(text.text or "" for text in remark.iter(f"{W}t"))
        yield Finding("remark", f"“{words}”, by {remark.get(f'{W}author', '')}")


def _accept(body: ET.Element) -> None:
    """Take out removed words and the places where remarks hang; put added words in for good."""
    gone = {f"{W}{name}" for name in ("del", "commentRangeStart", "commentRangeEnd")}
    for parent in list(body.iter()):
        for child in list(parent):
            hangs = child.tag == f"{W}r" and child.find(f"{W}commentReference") is not None
            if child.tag in gone or hangs:
                parent.remove(child)
            elif child.tag == f"{W}ins":
                at = list(parent).index(child)
                parent.remove(child)
                for offset, run in enumerate(child):
                    parent.insert(at + offset, run)


def _without_lost_parts(part: bytes) -> bytes:
    """Drop what names the comments or the properties from a list of parts."""
    root = _xml(part)
    for entry in list(root):
        if (entry.get("Target") or entry.get("PartName") or "").endswith(("comments.xml", "core.xml", "app.xml")):
            root.remove(entry)
    return _packed(root)


def _packed(root: ET.Element) -> bytes:
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _broken() -> BadInput:
    return BadInput("This file is not a text document (.docx).", code="no-docx", field="file")
