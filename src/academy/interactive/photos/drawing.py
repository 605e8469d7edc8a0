"""Draws the sample photo: an invented clinic with invented hidden data. Nobody and no place is in it.

``python -m academy.interactive.photos.drawing`` writes ``clinic.jpg`` anew. The coordinates lie in an empty part of a
sea, and every sign in the scene is made up.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import IFDRational

__all__ = ["FILE", "HEIGHT", "WIDTH", "drawn", "main", "scene"]

FILE = "clinic.jpg"
"""Name of the sample photo, in this package."""
WIDTH, HEIGHT = 640, 420
"""Size of the scene, in picture points."""

QUALITY = 50
INK, PAPER, SHADE = "#22303a", "#fdfaf2", "#b09c74"

HILLS = [(0, 190), (90, 110), (170, 165), (270, 80), (380, 160), (500, 100), (640, 180), (640, 260), (0, 260)]


def scene() -> Image.Image:
    """Draw the picture: hills, a clinic with its sign, a face in the window, a poster, a car and a shadow."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#cfe3ee")
    pen = ImageDraw.Draw(picture)
    pen.polygon(HILLS, "#8fa58a")
    pen.rectangle((0, 250, WIDTH, HEIGHT), "#d8c49a")
    _clinic(pen)
    _car(pen)
    pen.ellipse((314, 306, 346, 346), SHADE)
    pen.polygon([(286, 420), (374, 420), (360, 362), (340, 346), (320, 346), (300, 362)], SHADE)
    return picture


def drawn() -> bytes:
    """Return the scene as a JPEG file that holds a time, a device, a serial number and a position."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Orrin", "Orrin A3"
    taken = exif.get_ifd(0x8769)
    taken[0x9003], taken[0x9011], taken[0xA431] = "2025:11:03 15:40:12", "+05:00", "SN-0099-4417"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", _degrees(15, 0, 44.42), "E", _degrees(67, 0, 20.41)
    file = BytesIO()
    scene().save(file, "JPEG", quality=QUALITY, exif=exif)
    return file.getvalue()


def main() -> None:
    """Write the sample photo into this package."""
    (Path(__file__).parent / FILE).write_bytes(drawn())


def _clinic(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((60, 130, 400, 330), "#f0e3c8", INK, 3)
    pen.polygon([(40, 132), (420, 132), (380, 92), (80, 92)], "#a4573f", INK)
    pen.rectangle((120, 146, 340, 186), PAPER, INK, 2)
    pen.text((134, 152), "DORRIN CLINIC", INK, ImageFont.load_default(26))
    pen.rectangle((200, 216, 262, 330), "#6d4c33", INK, 2)
    pen.rectangle((84, 212, 168, 290), "#dfeaf0", INK, 3)
    pen.ellipse((110, 228, 144, 268), "#b98560", INK)
    pen.pieslice((106, 220, 148, 262), 180, 360, "#2b2320")
    pen.ellipse((119, 244, 123, 248), INK)
    pen.ellipse((131, 244, 135, 248), INK)
    pen.arc((118, 248, 136, 260), 20, 160, INK, 2)
    pen.rectangle((292, 210, 376, 292), "#f6d98a", INK, 2)
    for row, words in enumerate(("HEARING", "18 NOV", "10:00")):
        pen.text((299, 216 + row * 24), words, INK, ImageFont.load_default(15))


def _car(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle((440, 262, 624, 346), 14, "#4d7a8c", INK, 3)
    pen.polygon([(466, 264), (488, 222), (576, 222), (598, 264)], "#b9d2dc", INK)
    pen.ellipse((460, 326, 502, 368), INK)
    pen.ellipse((562, 326, 604, 368), INK)
    pen.rectangle((486, 290, 578, 318), PAPER, INK, 2)
    pen.text((496, 294), "VE 0417", INK, ImageFont.load_default(19))


def _degrees(degrees: int, minutes: int, seconds: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    return IFDRational(degrees, 1), IFDRational(minutes, 1), IFDRational(round(seconds * 100), 100)


if __name__ == "__main__":
    main()
