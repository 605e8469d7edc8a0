"""The variables of a test: it sees its own values of them, whatever others do to the notebook's.

Alone in its module, because a class leads whoever finds it to all that its module holds.
"""

from __future__ import annotations

from typing import Any

__all__ = ["OwnNames"]


class OwnNames(dict[str, Any]):
    """Local names for code whose global names are the notebook's; what is bound here is bound there too."""

    def __init__(self, space: dict[str, Any], shared: list[str]) -> None:
        super().__init__()
        self._space = space
        self._shared = shared
        """Names that the test's own functions change: for these the notebook's value counts."""

    def __setitem__(self, name: str, value: Any) -> None:
        self._space[name] = value
        if name not in self._shared:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.pop(name, None)
        del self._space[name]
