"""Writes the two sample files of the file lab; people, places and words in them are invented.

``python -m academy.interactive.documents.samples`` writes ``note.docx`` and ``letter.pdf``
anew, byte for byte the same.
"""

from __future__ import annotations

from pathlib import Path

from academy.interactive.documents.pdf import Box, Page, Words, written
from academy.interactive.documents.word import archive

__all__ = ["FILES", "letter", "main", "note"]

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EXTENDED = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
_CHANGE = 'w:id="1" w:author="Anika Tarin" w:date="2025-11-04T14:50:00Z"'
_REMARK = 'w:id="0" w:author="Bela Korrin" w:date="2025-11-04T09:10:00Z"'

NOTE = {
    "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>
<Override PartName="/word/comments.xml" ContentType="{_WORD}.comments+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
<Override PartName="/docProps/app.xml" ContentType="{_EXTENDED}"/>
</Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
<Relationship Id="rId3" Type="{_OFFICE}/relationships/extended-properties" Target="docProps/app.xml"/>
</Relationships>""",
    "word/_rels/document.xml.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/relationships/comments" Target="comments.xml"/>
</Relationships>""",
    "docProps/core.xml": f"""<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<dc:creator>Salma Idrin</dc:creator><cp:lastModifiedBy>Anika Tarin</cp:lastModifiedBy><cp:revision>7</cp:revision>
<dcterms:created xsi:type="dcterms:W3CDTF">2025-11-03T16:20:00Z</dcterms:created>
<dcterms:modified xsi:type="dcterms:W3CDTF">2025-11-04T15:05:00Z</dcterms:modified>
</cp:coreProperties>""",
    "docProps/app.xml": f"""<Properties xmlns="{_OFFICE}/extended-properties">
<TotalTime>46</TotalTime><Application>Orrin Writer</Application><Company>River Women's Network</Company>
</Properties>""",
    "word/document.xml": """<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>Meeting of 3 November</w:t></w:r></w:p>
<w:p><w:r><w:t>Twelve women came from two villages.</w:t></w:r></w:p>
<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>One of them</w:t></w:r><w:del CHANGE><w:r>
<w:delText>, Mira Sol from the mill house,</w:delText></w:r></w:del><w:commentRangeEnd w:id="0"/>
<w:r><w:commentReference w:id="0"/></w:r><w:r><w:t xml:space="preserve"> will speak at the hearing.</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">We do not </w:t></w:r>
<w:ins CHANGE><w:r><w:t>publish her name.</w:t></w:r></w:ins></w:p>
</w:body></w:document>""".replace("CHANGE", _CHANGE),
    "word/comments.xml": f"""<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:comment {_REMARK}><w:p><w:r>
<w:t>Please take her name out. Her uncle works for the company.</w:t></w:r></w:p></w:comment>
</w:comments>""",
}

LETTER = Page(
    words=(
        Words(40, 240, "To the hearing panel, Dorrin"),
        Words(40, 205, "Our witness"),
        Words(122, 205, "Mira Sol"),
        Words(196, 205, "asks to be heard"),
        Words(40, 183, "behind a screen. She is afraid."),
        Words(40, 140, "River Women's Network"),
    ),
    boxes=(Box(118, 200, 68, 18),),
)
LETTER_PROPERTIES = {
    "Title": "Letter for Mira Sol, draft 3",
    "Author": "Salma Idrin",
    "CreationDate": "D:20251105091400+05'00'",
    "Creator": "Orrin Writer",
    "Producer": "Orrin Print",
}


def note() -> bytes:
    """Return a text document with properties, a tracked change and a comment."""
    return archive({name: (_HEAD + text).encode() for name, text in NOTE.items()})


def letter() -> bytes:
    """Return a PDF with properties and a name under a black bar."""
    return written(LETTER, LETTER_PROPERTIES)


FILES = {"note.docx": note, "letter.pdf": letter}
"""How each file of this package is made."""


def main() -> None:
    """Write the sample files into this package."""
    for name, made in FILES.items():
        (Path(__file__).parent / name).write_bytes(made())


if __name__ == "__main__":
    main()
