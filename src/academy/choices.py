"""What a person chose for the browser in front of her: plain words in its cookies, nothing that tells who she is.

The first value of each setting is the safer one, or the one for a good line; it holds until she chooses another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["SETTINGS", "Choices", "cookie_name"]

SETTINGS: Mapping[str, tuple[str, str]] = {
    "device": ("shared", "own"),
    "data": ("full", "low"),
    "titles": ("clear", "discreet"),
}
"""Each setting and the two values that it may have."""


def cookie_name(setting: str) -> str:
    """Return the name of the cookie that keeps a setting."""
    return f"academy-{setting}"


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings of one browser; None: nothing was chosen, so the first value holds."""

    device: str | None = None
    data: str | None = None
    titles: str | None = None

    @classmethod
    def from_cookies(cls, cookies: Mapping[str, str | None]) -> Choices:
        """Read the cookies of a request; what is none of the known words counts as not chosen."""
        found = {name: cookies.get(cookie_name(name)) for name in SETTINGS}
        return cls(**{name: value for name, value in found.items() if value in SETTINGS[name]})

    @property
    def own_device(self) -> bool:
        """Whether nobody else uses this device, so that lessons may stay in its browser."""
        return self.device == "own"

    @property
    def low_data(self) -> bool:
        """Whether pictures and heavy pages wait until they are asked for."""
        return self.data == "low"

    @property
    def discreet(self) -> bool:
        """Whether titles say nothing about what this is."""
        return self.titles == "discreet"
