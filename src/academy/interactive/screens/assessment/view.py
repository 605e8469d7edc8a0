"""The screen of an assessment: the questions, what is saved, a last look, the receipt."""

from __future__ import annotations

import asyncio
from typing import Any

from IPython.display import display

from academy.errors import AcademyError
from academy.interactive.api import Api, connect, new_nonce
from academy.interactive.questions import QuestionForm
from academy.interactive.screens.assessment.model import Drafts, Saving, progress
from academy.interactive.widgets import Live, Part, Presence, button, column, fill, here, query, say, spawn
from academy.languages.phrases import phrase

__all__ = ["Sitting", "show"]

FOLDER = "assessment"


class Sitting:
    """One person at one assessment."""

    def __init__(self, api: Api, cohort: str, assessment: str) -> None:
        self.api, self.cohort, self.assessment = api, cohort, assessment
        self.links = here("assessment")
        self.data: dict[str, Any] = {}
        self.nonce = new_nonce()
        self.head, self.state, self.last_look, self.receipt = Part(), Live(), Live(), Live()
        self.form = QuestionForm(locked=True)
        self.presence = Presence()
        self.send, self.back = button(phrase("Send my answers")), button(phrase("Go on working"), kind="secondary")
        self.choice = column(self.send, self.back, css="actions")
        self.state.add_class("sticky")
        self._wire()
        self._look(open_=False)

    def widget(self) -> Any:
        """Return the screen."""
        return column(self.head, self.form, self.state, self.last_look, self.choice, self.receipt, self.presence)

    async def load(self) -> None:
        """Fetch the questions and the saved draft, however long the academy is away."""
        while True:
            try:
                self.data = await self.api.assessment(self.cohort, self.assessment)
            except AcademyError as error:
                self.head.html = fill(f"{FOLDER}/problem.html", message=error.message, links=self.links)
                if error.code != "unavailable":
                    return
                await asyncio.sleep(5)
            else:
                break
        self._begin()

    def _begin(self) -> None:
        self.head.html = fill(f"{FOLDER}/head.html", data=self.data, links=self.links)
        self.drafts = Drafts(self._save, self._say, saved_at=self.data["saved_at"])
        if self.data["open"]:
            self.form.html = "\n".join(question["html"] for question in self.data["questions"])
            self.form.action, self.form.locked = say(phrase("Check and send")), False
            self._say(Saving("saved" if self.data["saved_at"] else "nothing", self.data["saved_at"]))

    def _wire(self) -> None:
        self.form.observe(lambda change: self.drafts.change(change["new"]), "fields")
        self.form.on_send(self._check)
        self.back.on_click(lambda _: self._look(open_=False))
        self.send.on_click(lambda _: self._start_sending())

    async def _save(self, fields: Any) -> Any:
        return await self.api.save_draft(self.cohort, self.assessment, fields)

    def _say(self, saving: Saving) -> None:
        self.state.html = fill(f"{FOLDER}/state.html", saving=saving)

    def _look(self, *, open_: bool) -> None:
        self.choice.layout.display = None if open_ else "none"
        self.form.locked = open_
        self.last_look.html = self._review() if open_ else ""

    def _review(self) -> str:
        return fill(f"{FOLDER}/review.html", progress=progress(self.data["questions"], self.fields))

    def _check(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields
        self.drafts.change(fields)
        self._look(open_=True)

    def _start_sending(self) -> None:
        self.send.disabled = True
        spawn(self._deliver())

    async def _deliver(self) -> None:
        """Send; a nonce that outlives failed tries makes sure that it happens once."""
        try:
            receipt = await self.api.submit(self.cohort, self.assessment, self.fields, nonce=self.nonce)
        except AcademyError as error:
            self.receipt.html = fill(f"{FOLDER}/not_sent.html", message=error.message)
        else:
            self.drafts.stop()
            self._finish(receipt)
        finally:
            self.send.disabled = False

    def _finish(self, receipt: dict[str, Any]) -> None:
        self._look(open_=False)
        self.form.html = self.form.action = self.state.html = self.head.html = ""
        self.receipt.html = fill(f"{FOLDER}/receipt.html", receipt=receipt, links=self.links)


def show() -> None:
    """Display the screen."""
    asked = query()
    sitting = Sitting(connect(), asked["cohort"], asked["assessment"])
    display(sitting.widget())  # type: ignore[no-untyped-call]
    spawn(sitting.load())
