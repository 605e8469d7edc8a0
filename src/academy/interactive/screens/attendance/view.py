"""The screen of the register. It asks the academy every few seconds while somebody looks at it."""

from __future__ import annotations

import asyncio
from typing import Any

from IPython.display import display

from academy.errors import AcademyError
from academy.interactive.api import Api, connect, new_nonce
from academy.interactive.screens.attendance.model import STATUSES, clock, correction, counts
from academy.interactive.widgets import Live, Part, Presence, Rows, column, fill, here, query, say, spawn
from academy.languages.phrases import phrase

__all__ = ["Desk", "show"]

FOLDER = "attendance"
EVERY = 3.0
EVERY_FAILING = 10.0
"""Seconds between two questions to the academy, and after one that it did not answer."""
AWAY = 120.0
"""Seconds without a sign of the page after which nothing is asked for it."""


class Desk:
    """One facilitator at one session."""

    def __init__(self, api: Api, cohort: str, session: str) -> None:
        self.api, self.cohort, self.session = api, cohort, session
        self.register: dict[str, Any] | None = None
        self.links = here("attendance")
        self.head, self.note = Part(), Live()
        self.rows = Rows(search=say(phrase("Find a person")))
        self.rows.on_act(self._asked)
        self.presence = Presence()
        self.failing = False

    def widget(self) -> Any:
        """Return the screen."""
        return column(self.presence, self.head, self.note, self.rows)

    async def watch(self) -> None:
        """Keep the register fresh."""
        while True:
            if self.presence.seconds_away < AWAY:
                await self.refresh()
            await asyncio.sleep(EVERY_FAILING if self.failing else EVERY)

    async def refresh(self) -> None:
        """Fetch the register and show it."""
        try:
            self.register = await self.api.register(self.cohort, self.session)
        except AcademyError as error:
            self.failing = True
            self.note.html = fill(f"{FOLDER}/problem.html", message=error.message)
        else:
            self.note.html = "" if self.failing else self.note.html
            self.failing = False
            self._draw(self.register)

    def _draw(self, register: dict[str, Any]) -> None:
        values = {"register": register, "counts": counts(register), "links": self.links}
        self.head.html = fill(f"{FOLDER}/head.html", **values)
        self.rows.rows = [self._piece(row) for row in register["rows"]]

    def _piece(self, row: dict[str, Any]) -> dict[str, str]:
        zone = self.register["session"]["zone"] if self.register else "UTC"
        html = fill(f"{FOLDER}/row.html", row=row, statuses=STATUSES, clock=lambda moment: clock(moment, zone))
        return {"key": row["person"], "name": row["name"], "html": html}

    def _asked(self, wish: dict[str, Any]) -> None:
        spawn(self._do(wish))

    async def _do(self, wish: dict[str, Any]) -> None:
        if self.register is None:
            return
        try:
            row = await self._tell(wish)
        except AcademyError as error:
            self.note.html = fill(f"{FOLDER}/problem.html", message=error.message)
            return
        self.note.html = fill(f"{FOLDER}/done.html", row=row, statuses=STATUSES)
        await self.refresh()

    async def _tell(self, wish: dict[str, Any]) -> Any:
        person, nonce = str(wish.get("person")), new_nonce()
        if wish.get("act") == "mark":
            status = str(wish.get("status"))
            return await self.api.mark(self.cohort, self.session, person=person, status=status, nonce=nonce)
        session = self.register["session"] if self.register else {}
        change = correction(wish.get("fields", {}), person=person, session=session)
        return await self.api.correct(self.cohort, self.session, correction=change, nonce=nonce)


def show() -> None:
    """Display the screen."""
    asked = query()
    desk = Desk(connect(), asked["cohort"], asked["session"])
    display(desk.widget())  # type: ignore[no-untyped-call]
    spawn(desk.watch())
