"""Lessons and assessments as plain pages and as JSON, called as the service calls them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from academy.errors import BadInput, NotFound
from academy.learning import api, pages
from academy.rights import Actor
from academy.routing import Json, Page, Redirect, Response
from academy.store import schema
from academy.store.database import Store, new_id
from tests.conftest import NOW, Cast
from tests.pages import rendered

ROUTES = {(route.method, route.path): route for route in (*pages.ROUTES, *api.ROUTES)}
ASSESSMENT = "/c/{cohort}/assessments/{assessment}"
LESSON = "/c/{cohort}/lessons/{module}/{lesson}"
WHERE = {"cohort": "river", "module": "what-we-protect", "lesson": "nine-points", "assessment": "what-we-protect"}

Do = Callable[..., Response]


@pytest.fixture
def do(call: Callable[..., Response], cast: Cast) -> Do:
    """Call a route as Salma."""

    def caller(method: str, path: str, *, actor: Actor | None = None, **parts: Any) -> Response:
        where = WHERE | parts.pop("where", {})
        return call(ROUTES[method, path], actor or cast.salma, path=where, **parts)

    return caller


def release(store: Store, *, due_at: datetime | None = None) -> None:
    """Open the assessment to the cohort."""
    with store.write() as db:
        row = {"id": new_id(), "cohort": "river", "assessment": "what-we-protect"}
        db.execute(insert(schema.release).values(**row, due_at=due_at, released_at=NOW))


def count(store: Store, table: Any) -> int:
    """Count the rows of a table."""
    with store.read() as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def html(response: Response, cast: Cast) -> str:
    """Render a page as Salma sees it."""
    return rendered(response, cast.salma)


def test_an_assessment_that_is_not_released_shows_no_question(do: Do, cast: Cast) -> None:
    """Neither as a page nor as JSON: the questions are not there to be found."""
    page = html(do("GET", ASSESSMENT), cast)
    assert "not open yet" in page
    assert "DS1." not in page
    data = do("GET", f"/api{ASSESSMENT}")
    assert isinstance(data, Json)
    assert data.data["questions"] == []


def test_the_form_holds_no_key_and_no_reason(do: Do, store: Store, cast: Cast) -> None:
    """What a learner can fetch before she has sent says nothing about what is right."""
    release(store)
    page = html(do("GET", ASSESSMENT), cast)
    assert "Safest for what, and against whom?" in page
    assert "Planning starts from what you protect" not in page
    assert "measures come after threats" not in page.casefold()


def test_saved_answers_are_there_again(do: Do, store: Store, cast: Cast) -> None:
    """Also half of them, also in any script."""
    release(store)
    saved = do("POST", f"{ASSESSMENT}/save", body={"DS1.1": "b", "DS1.7": "গ্রহণ", "then": "stay"})
    assert isinstance(saved, Redirect)
    page = html(do("GET", ASSESSMENT), cast)
    assert "গ্রহণ" in page
    assert "Answered so far: 2 of 8" in page


def test_a_field_that_does_not_belong_is_named_and_nothing_of_the_rest_is_lost(
    do: Do, store: Store, cast: Cast
) -> None:
    """One clear sentence; the readable answers stay, on the page and in the draft."""
    release(store)
    answer = do("POST", f"{ASSESSMENT}/save", body={"DS1.1": "b", "DS1.99": "x", "then": "stay"})
    assert isinstance(answer, Page)
    assert answer.status == 400
    assert "DS1.99" in html(answer, cast)
    assert "Answered so far: 1 of 8" in html(do("GET", ASSESSMENT), cast)


def test_an_answer_that_is_too_long_is_refused_in_one_sentence(do: Do, store: Store, cast: Cast) -> None:
    """And the other answers are kept."""
    release(store)
    answer = do("POST", f"{ASSESSMENT}/save", body={"DS1.1": "b", "DS1-A": "x" * 20_001, "then": "review"})
    assert isinstance(answer, Page)
    assert answer.status == 400
    assert "DS1-A" in str(answer.context["problem"])
    assert "Answered so far: 1 of 8" in html(do("GET", ASSESSMENT), cast)


def test_an_option_that_does_not_exist_is_refused(do: Do, store: Store) -> None:
    """A forged value is not kept."""
    release(store)
    with pytest.raises(BadInput, match=r"DS1\.1"):
        do("POST", f"/api{ASSESSMENT}/draft", body={"fields": {"DS1.1": ["z"]}})
    assert count(store, schema.draft) == 0


def test_an_unknown_key_of_an_api_body_is_named(do: Do, store: Store) -> None:
    """Strict bodies: nothing is silently ignored."""
    release(store)
    with pytest.raises(BadInput, match="answers is not a field"):
        do("POST", f"/api{ASSESSMENT}/draft", body={"fields": {}, "answers": {}})


def test_after_the_deadline_the_page_says_so_and_the_draft_stays(do: Do, store: Store, cast: Cast) -> None:
    """Saving still works, sending does not, and nothing is half-written."""
    release(store, due_at=NOW)
    late = NOW + timedelta(minutes=1)
    do("POST", f"{ASSESSMENT}/save", body={"DS1.1": "b", "then": "review"}, now=late)
    answer = do("POST", f"{ASSESSMENT}/submit", body={"nonce": "a-nonce-of-mine"}, now=late)
    assert isinstance(answer, Page)
    assert answer.status == 409
    assert "The deadline has passed" in html(answer, cast)
    assert "checked" in html(answer, cast)
    assert count(store, schema.submission) == 0


def test_sending_gives_a_receipt_that_shows_what_was_sent(do: Do, store: Store, cast: Cast) -> None:
    """Time, number, checksum, and the answers in words."""
    release(store)
    do("POST", f"{ASSESSMENT}/save", body={"DS1.1": "b", "then": "review"})
    assert "Not answered yet" in html(do("GET", f"{ASSESSMENT}/review"), cast)
    sent = do("POST", f"{ASSESSMENT}/submit", body={"nonce": "a-nonce-of-mine"})
    assert isinstance(sent, Redirect)
    number = sent.to.rpartition("/")[2]
    receipt = html(do("GET", "/c/{cohort}/submissions/{number}", where={"number": number}), cast)
    assert number in receipt
    assert "Safest for what, and against whom?" in receipt


def test_a_form_that_was_sent_twice_gives_the_same_receipt(do: Do, store: Store) -> None:
    """A double tap is one sending."""
    release(store)
    receipts = {do("POST", f"{ASSESSMENT}/submit", body={"nonce": "a-nonce-of-mine"}).to for _ in range(2)}
    assert len(receipts) == 1
    assert count(store, schema.submission) == 1


def test_a_practice_question_answers_at_once_and_stores_nothing(do: Do, store: Store, cast: Cast) -> None:
    """Feedback in the page, no row anywhere."""
    before = count(store, schema.audit)
    page = do("GET", LESSON)
    assert isinstance(page, Page)
    question = next(section for section in page.context["sections"] if section["kind"] == "practice")
    option = question["html"].partition('value="')[2].partition('"')[0]
    tried = html(
        do("POST", f"{LESSON}/practice", body={"question": question["question"], question["question"]: option}), cast
    )
    assert 'class="feedback"' in tried
    assert count(store, schema.audit) == before
    assert count(store, schema.draft) == 0


def test_a_practice_question_of_another_lesson_is_refused(do: Do) -> None:
    """The field is named."""
    with pytest.raises(BadInput, match="question"):
        do("POST", f"{LESSON}/practice", body={"question": "DS1.1"})


def test_marking_a_lesson_as_done_leads_to_the_next(do: Do, store: Store) -> None:
    """Twice is once."""
    ways = {do("POST", f"{LESSON}/done").to for _ in range(2)}
    assert ways == {"/c/river/lessons/what-we-protect/six-questions"}
    assert count(store, schema.progress) == 1


@pytest.mark.parametrize(
    ("path", "where"),
    [
        (LESSON, {"lesson": "no-such-lesson"}),
        (LESSON, {"module": "no-such-module"}),
        (ASSESSMENT, {"assessment": "no-such-assessment"}),
        ("/c/{cohort}/submissions/{number}", {"number": "aaaa-bbbb"}),
    ],
)
def test_what_is_not_part_of_the_course_does_not_exist(do: Do, path: str, where: dict[str, str]) -> None:
    """One sentence, no hint."""
    with pytest.raises(NotFound):
        do("GET", path, where=where)
