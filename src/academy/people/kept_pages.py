"""The page "What is kept about me", to read and to take along."""

from __future__ import annotations

import json

from academy.languages.phrases import phrase
from academy.people import kept
from academy.rights import Right
from academy.routing import Download, Page, Request, Response, Route

__all__ = ["HEADINGS", "ROUTES"]

PATH = "/me/kept"
HEADINGS = {
    "person": phrase("My account"),
    "identity": phrase("Details for a certificate"),
    "demographic": phrase("Answers for statistics"),
    "enrolment": phrase("My places"),
    "invitation": phrase("Invitations that I made"),
    "reset_code": phrase("One-time codes for a new passphrase"),
    "progress": phrase("Lessons that I marked as done"),
    "draft": phrase("Answers that I saved"),
    "submission": phrase("Answers that I sent"),
    "handed_notebook": phrase("Notebooks that I handed in"),
    "feedback": phrase("Points and comments"),
    "extension": phrase("More time that I was given"),
    "claim": phrase("Live sessions"),
    "check_in_attempt": phrase("Wrong check-in codes"),
    "job": phrase("Steps of marking that I asked for"),
    "audit": phrase("Notes of who changed what"),
}
"""What the page calls each table of the store."""


def show(request: Request) -> Response:
    """Show everything that the store keeps about oneself."""
    found = kept.everything(request.db, config=request.config, actor=request.actor)
    groups = [(HEADINGS.get(name, name), rows) for name, rows in found.items()]
    return Page("people/kept.html", {"groups": groups})


def take_along(request: Request) -> Response:
    """Return the same as a file; its name says nothing about what it is."""
    found = kept.everything(request.db, config=request.config, actor=request.actor)
    body = json.dumps(found, ensure_ascii=False, indent=1).encode()
    return Download("notes.json", "application/json", body)


ROUTES = (
    Route("GET", PATH, Right.MEMBER, show),
    Route("GET", f"{PATH}.json", Right.MEMBER, take_along),
)
