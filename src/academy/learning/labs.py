"""Labs: a notebook is handed in as a file, with a receipt, attempts and a deadline as for answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import nbformat
from pydantic import Field, StringConstraints

from academy.content.model import Assessment
from academy.content.notebook import read_answers
from academy.content.notebook_file import LARGEST_FILE, is_notebook, names_of_solutions
from academy.errors import BadInput, Closed, NotFound
from academy.languages.phrases import phrase
from academy.learning import actions, queries
from academy.learning.pages import Nonce, refused
from academy.learning.place import assessment_of
from academy.rights import Right
from academy.routing import Download, Form, Redirect, Request, Response, Route

__all__ = ["ROUTES", "checked"]


class HandingIn(Form):
    """The form with the file."""

    nonce: Nonce
    notebook: Annotated[str, StringConstraints(strip_whitespace=False), Field(max_length=2 * LARGEST_FILE)]
    """Its text, to the last sign: the receipt's checksum is that of the file."""


def checked(assessment: Assessment, text: str) -> bytes:
    """Return the notebook that was sent. Raises ``BadInput`` for a file that is none, or none of this lab."""
    data = text.encode()
    if len(data) > LARGEST_FILE:
        size = LARGEST_FILE // 1_000_000
        message = phrase(
            "This notebook is larger than %(size)s MB. Clear its outputs, save it and send it again.", size=size
        )
        raise BadInput(message, code="too-large", field="notebook")
    if not is_notebook(data):
        message = phrase("This file is not a notebook. Choose the file of your lab; its name ends in .ipynb.")
        raise BadInput(message, code="not-a-notebook", field="notebook")
    if assessment.lab is None or not assessment.lab.solutions & names_of_solutions(data):
        message = phrase("This notebook does not belong to this lab. Choose the file in which you worked on it.")
        raise BadInput(message, code="other-notebook", field="notebook")
    return data


def hand_in(request: Request) -> Response:
    """Take a notebook and show the receipt."""
    assessment = assessment_of(request)
    if assessment.lab is None:
        raise NotFound
    try:
        form = request.read(HandingIn)
        notebook = checked(assessment, form.notebook)
        attempt = actions.submit(
            request.db,
            actor=request.actor,
            now=request.now,
            cohort=request.path["cohort"],
            assessment=assessment.slug,
            answers=_answers(assessment, notebook),
            nonce=form.nonce,
            most_attempts=assessment.attempts,
            notebook=notebook,
        )
    except (BadInput, Closed) as problem:
        return refused(request, assessment, problem)
    return Redirect(f"/c/{request.path['cohort']}/submissions/{attempt.number}")


def _answers(assessment: Assessment, notebook: bytes) -> Mapping[str, Any]:
    """Return the answers that stand in the notebook, for the receipt; they are read as data."""
    found = read_answers(nbformat.from_dict(json.loads(notebook)))
    return {question.id: found.get(question.id) for question in assessment.questions}


def fetch(request: Request) -> Response:
    """Give a person the notebook back that she handed in."""
    slug, attempt = queries.attempt_by_number(
        request.db,
        person=str(request.actor.person),
        cohort=request.path["cohort"],
        number=request.path["number"],
    )
    notebook = queries.handed_notebook(request.db, attempt.id)
    if notebook is None:
        raise NotFound
    return Download(f"{slug}-{attempt.number}.ipynb", "application/x-ipynb+json", notebook)


ROUTES = (
    Route("POST", "/c/{cohort}/assessments/{assessment}/notebook", Right.TAKE, hand_in),
    Route("GET", "/c/{cohort}/submissions/{number}/notebook", Right.TAKE, fetch),
)
