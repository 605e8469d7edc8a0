"""A lab's page and the notebook that is handed in on it, called as the service calls them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import nbformat
import pytest
from sqlalchemy import func, insert, select

from academy.config import Config
from academy.content.build import build_assessment
from academy.content.catalogue import load
from academy.errors import BadInput, NotFound
from academy.grading import queries as grading
from academy.learning import api, labs, packs, pages, queries
from academy.rights import Actor
from academy.routing import Download, Page, Redirect, Request, Response
from academy.store import schema
from academy.store.database import Store, new_id
from academy.web import home
from tests.conftest import NOW, ROOT, Cast
from tests.pages import rendered

ROUTES = {
    (route.method, route.path): route
    for route in (*pages.ROUTES, *labs.ROUTES, *api.ROUTES, *packs.ROUTES, *home.ROUTES)
}
PAGE = "/c/{cohort}/assessments/{assessment}"
HAND_IN = f"{PAGE}/notebook"
WRITTEN = nbformat.writes(build_assessment(load(ROOT).assessment("mail-headers-lab"))) + "\n"
"""A notebook of the lab, as JupyterLab saves it: with a line's end at its end."""
HERE: dict[str, Any] = {"cohort": "river", "assessment": "mail-headers-lab"}
ONCE = "nonce-number-one"

Do = Callable[..., Response]


@pytest.fixture
def do(call: Callable[..., Response], cast: Cast) -> Do:
    """Call a route as Salma."""

    def caller(method: str, path: str, *, actor: Actor | None = None, **parts: Any) -> Response:
        where = HERE | parts.pop("where", {})
        return call(ROUTES[method, path], actor or cast.salma, path=where, **parts)

    return caller


@pytest.fixture
def opened(store: Store, cast: Cast) -> Cast:
    """Open the lab to the cohort of the cast."""
    release(store)
    return cast


def release(store: Store, *, due_at: datetime | None = None) -> None:
    """Open the lab to the cohort."""
    with store.write() as db:
        db.execute(insert(schema.release).values(id=new_id(), **HERE, due_at=due_at, released_at=NOW))


def hand_in(do: Do, notebook: str = WRITTEN, nonce: str = ONCE, **parts: Any) -> Response:
    """Hand in a notebook."""
    return do("POST", HAND_IN, body={"nonce": nonce, "notebook": notebook}, **parts)


def number_of(response: Response) -> str:
    """Return the receipt's number."""
    assert isinstance(response, Redirect)
    return response.to.rsplit("/", 1)[1]


def sent(store: Store) -> int:
    """Count what has been handed in."""
    with store.read() as db:
        return int(db.execute(select(func.count()).select_from(schema.handed_notebook)).scalar_one())


def test_before_it_is_released_the_page_offers_nothing(do: Do, cast: Cast) -> None:
    """Neither a form nor a way to work on it."""
    page = rendered(do("GET", PAGE), cast.salma)
    assert "not open yet" in page
    assert 'type="file"' not in page


@pytest.mark.usefixtures("opened")
def test_the_page_says_that_the_lab_is_optional_and_what_to_do_instead(do: Do, cast: Cast) -> None:
    """Also where this server offers no notebooks; nobody is sent to a server that she cannot have."""
    page = rendered(do("GET", PAGE), cast.salma)
    assert "You need not do this lab" in page
    assert "/c/river/assessments/false-doors" in page
    assert "This server offers no notebooks" in page
    assert "/hub/notebooks" not in page


@pytest.mark.usefixtures("opened")
def test_the_page_leads_to_her_own_server_where_there_is_one(cast: Cast, config: Config, store: Store) -> None:
    """With the folder in which the lab stands."""
    offering = config.model_copy(update={"offers_servers": True})
    with store.read() as db:
        request = Request(actor=cast.salma, now=NOW, db=db, config=offering, path=HERE)
        page = rendered(ROUTES["GET", PAGE].handle(request), cast.salma)
    assert "/hub/notebooks" in page
    assert "assessments/river/mail-headers-lab" in page


@pytest.mark.usefixtures("opened")
def test_a_notebook_that_is_handed_in_gets_a_receipt_and_comes_back_as_it_was(do: Do, store: Store, cast: Cast) -> None:
    """The checksum is that of the file; every byte of it is kept and can be had again."""
    number = number_of(hand_in(do))
    page = rendered(do("GET", "/c/{cohort}/submissions/{number}", where={"number": number}), cast.salma)
    assert "Your notebook has arrived" in page
    assert hashlib.sha256(WRITTEN.encode()).hexdigest() in page
    back = do("GET", "/c/{cohort}/submissions/{number}/notebook", where={"number": number})
    assert isinstance(back, Download)
    assert (back.body, back.filename) == (WRITTEN.encode(), f"mail-headers-lab-{number}.ipynb")
    with store.read() as db:
        ((_, delivery),) = grading.waiting_deliveries(db, **HERE)
    assert (delivery.student, delivery.notebook, delivery.answers) == ("salma", WRITTEN.encode(), None)


@pytest.mark.usefixtures("opened")
def test_the_same_sending_twice_is_one_attempt(do: Do, store: Store) -> None:
    """A double tap gives the same receipt; a new form gives a second attempt."""
    assert number_of(hand_in(do)) == number_of(hand_in(do))
    assert sent(store) == 1
    hand_in(do, nonce="nonce-number-two")
    assert sent(store) == 2


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "This file is not a notebook."),
        ("Dear all", "This file is not a notebook."),
        ('{"cells": 3}', "This file is not a notebook."),
        (json.dumps({**json.loads(WRITTEN), "nbformat": 3}), "This file is not a notebook."),
        (nbformat.writes(nbformat.v4.new_notebook()), "This notebook does not belong to this lab."),
        (WRITTEN + " " * 1_000_000, "This notebook is larger than 1 MB."),
    ],
)
def test_what_is_no_notebook_of_this_lab_gets_one_sentence(
    do: Do, store: Store, cast: Cast, text: str, said: str
) -> None:
    """On the page with the form; nothing is kept."""
    response = hand_in(do, text)
    assert isinstance(response, Page)
    assert (response.status, response.context["problem"].field) == (400, "notebook")
    page = rendered(response, cast.salma)
    assert page.count('role="alert"') == 1
    assert said in page
    assert sent(store) == 0


@pytest.mark.usefixtures("opened")
def test_ids_of_cells_that_are_missing_or_stand_twice_are_no_reason_to_refuse(do: Do) -> None:
    """Programs that write notebooks disagree about them; nor is there a warning, which here would be an error."""
    nb = json.loads(WRITTEN)
    nb["cells"][0]["id"] = nb["cells"][1]["id"]
    del nb["cells"][2]["id"]
    assert number_of(hand_in(do, json.dumps(nb)))


def test_a_lab_closes_like_any_assessment(do: Do, store: Store, cast: Cast) -> None:
    """After the deadline the notebook is refused in one sentence and the form is gone."""
    release(store, due_at=NOW + timedelta(days=1))
    hand_in(do)
    late = hand_in(do, nonce="nonce-number-two", now=NOW + timedelta(days=2))
    assert isinstance(late, Page)
    assert late.status == 409
    page = rendered(late, cast.salma)
    assert "The deadline has passed." in page
    assert 'type="file"' not in page
    assert sent(store) == 1


@pytest.mark.usefixtures("opened")
def test_a_lab_takes_no_form_of_answers(do: Do) -> None:
    """There is nothing to answer, and an attempt without anything in it would count as the newest."""
    with pytest.raises(BadInput, match="hand in its notebook"):
        do("POST", f"{PAGE}/submit", body={"nonce": ONCE})
    with pytest.raises(BadInput, match="hand in its notebook"):
        do("POST", f"/api{PAGE}/submissions", body={"fields": {}, "nonce": ""})


@pytest.mark.usefixtures("opened")
def test_nobody_else_can_have_the_notebook(do: Do, cast: Cast) -> None:
    """A receipt's number opens nothing to another account."""
    number = number_of(hand_in(do))
    other = replace(cast.salma, person=cast.anika.person)
    with pytest.raises(NotFound):
        do("GET", "/c/{cohort}/submissions/{number}/notebook", where={"number": number}, actor=other)
    assert not cast.davit.may(ROUTES["POST", HAND_IN].right, "river")


def test_an_assessment_without_a_lab_takes_no_notebook(do: Do) -> None:
    """There is no such page."""
    with pytest.raises(NotFound):
        hand_in(do, where={"assessment": "false-doors"})


@pytest.mark.usefixtures("opened")
def test_the_start_page_names_the_lab_optional_and_never_as_the_next_step(do: Do, cast: Cast) -> None:
    """Who does not want it is not asked to."""
    response = do("GET", "/c/{cohort}")
    assert isinstance(response, Page)
    steps = [step for week in response.context["weeks"] for step in week["steps"]]
    (lab,) = [step for step in steps if step.path and step.path.endswith("mail-headers-lab")]
    assert (str(lab.kind), lab.state, lab.optional) == ("Optional lab", "open", True)
    everything_else_done = [{"steps": [replace(step, state="done") if step is not lab else step for step in steps]}]
    assert home._next(everything_else_done) is None
    assert "Optional lab" in rendered(response, cast.salma)


@pytest.mark.usefixtures("opened")
def test_a_course_pack_has_no_page_for_a_lab(do: Do) -> None:
    """Its notebook needs a computer and cannot be answered on a page."""
    pack = do("GET", "/c/{cohort}/pack/{language}", where={"language": "en"})
    assert isinstance(pack, Download)
    assert b"mail-headers-lab" not in pack.body


def test_answers_after_a_notebook_are_written_into_it(store: Store, cast: Cast, do: Do) -> None:
    """Where an assessment has both, sending the form again loses no code."""
    release(store)
    hand_in(do)
    with store.write() as db:
        row = dict(db.execute(select(schema.submission)).mappings().one())
        later = row | {"id": new_id(), "attempt": 2, "number": "aaaa-bbbb", "nonce": new_id(), "answers": {"Q": "b"}}
        db.execute(insert(schema.submission).values(**later | {"submitted_at": NOW + timedelta(hours=1)}))
        second = grading.waiting_deliveries(db, **HERE)[1][1]
        assert queries.handed_notebook(db, later["id"]) is None
    assert (second.answers, second.notebook) == ({"Q": "b"}, WRITTEN.encode())
    assert second.student == cast.salma.username


def test_a_lab_that_takes_the_place_of_nothing_is_not_called_optional(
    do: Do, opened: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its points count, so nobody is told to leave it out."""
    lab = replace(load(ROOT).assessment("mail-headers-lab"), instead_of=None)
    monkeypatch.setattr(pages, "assessment_of", lambda _: lab)
    page = rendered(do("GET", PAGE), opened.salma)
    assert "You need not" not in page
    assert "Leave the lab out" not in page
    assert "do it later on a computer" in page
    assert "Ask your facilitator how you can do this lab." in page
