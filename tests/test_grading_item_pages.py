"""The page on which facilitators see how the questions of an assessment did in their cohort."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from academy.config import Config
from academy.content.catalogue import load
from academy.content.questions import Essay
from academy.content.scoring import score
from academy.grading.item_pages import ROUTES
from academy.grading.items import FEWEST, Sheet
from academy.learning.sheet import read_answers
from academy.rehearsal.form import controls
from academy.rehearsal.takers import Kind, Taker, fill
from academy.routing import Response
from tests.conftest import Cast
from tests.pages import rendered

(ROUTE,) = ROUTES
ASSESSMENT = "what-we-protect"


def sheet_of(config: Config, number: int, *, marked: bool, changed: dict[str, Any] | None = None) -> Sheet:
    """Return what an invented person hands in, with or without a mark for what she wrote."""
    asked = load(config.content).assessment(ASSESSMENT).questions
    taker = Taker(f"somebody-{number}", [Kind.GOOD, Kind.MIDDLING, Kind.GUESSING][number % 3], 1)
    fields = {name: value for q in asked for name, value in fill(taker, q, controls(q, taker.name)).items()}
    answers = read_answers(asked, fields) | (changed or {})
    points = {q.id: score(q, answers[q.id]).points for q in asked}
    for question in asked:
        if marked and isinstance(question, Essay):
            points[question.id] = float(number % 20)
    return Sheet(answers, points)


@pytest.fixture
def page(
    call: Callable[..., Response], cast: Cast, config: Config, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Return a function that shows Anika the page with the marked work of so many people."""

    def show(people: int, assessment: str = ASSESSMENT, **about: Any) -> str:
        handed = {f"somebody-{n}": sheet_of(config, n, **{"marked": True} | about) for n in range(people)}
        monkeypatch.setattr("academy.grading.item_pages.sheets", lambda *_: handed)
        response = call(ROUTE, cast.anika, path={"cohort": "river", "assessment": assessment})
        return rendered(response, cast.anika)

    return show


def test_before_anybody_is_marked_it_says_so_from_the_real_folder(call: Callable[..., Response], cast: Cast) -> None:
    """A cohort that has released nothing has no course folder, and that is no error."""
    response = call(ROUTE, cast.anika, path={"cohort": "river", "assessment": ASSESSMENT})
    html = rendered(response, cast.anika)
    assert "Not enough answers." in html
    assert "People marked so far: 0." in html


def test_below_ten_people_there_is_no_figure_at_all(page: Callable[..., str]) -> None:
    """Not a zero, not a share, not a question: only how many there are and how many it takes."""
    html = page(FEWEST - 1)
    assert "Not enough answers." in html
    assert "at least 10 people" in html
    main = html.partition("<main")[2].partition("</main>")[0]
    assert "%" not in main
    assert "on average" not in main
    assert "<h2" not in main


def test_from_ten_people_on_each_question_is_told_in_plain_words(page: Callable[..., str], config: Config) -> None:
    """Points on average, how many left it empty, and whether it goes with the rest."""
    html = page(12)
    asked = load(config.content).assessment(ASSESSMENT).questions
    assert html.count("<h2 id=") == len(asked)
    assert len(re.findall(r"[\d.]+ of [\d.]+ points on average", html)) == len(asked)
    assert len(re.findall(r"Left empty by \d+ of 12 people", html)) == len(asked)
    told = re.findall(r"do well here, too: <strong>(yes|a little|no)</strong>", html)
    assert len(told) == len(asked)
    assert html.count("(right)") >= 3


def test_options_are_shares_of_everybody_and_of_two_thirds(page: Callable[..., str]) -> None:
    """Each with its label for a narrow screen, where the table is a list."""
    html = page(12)
    assert 'class="table stacked"' in html
    cells = re.findall(r'<td class="number" data-label="([^"]+)">(\d+&nbsp;%)</td>', html)
    assert {label for label, _ in cells} == {"Everybody", "Third with most points", "Third with fewest points"}


def test_an_answer_without_a_mark_holds_the_figures_of_its_question_back(page: Callable[..., str]) -> None:
    """They would be about those who wrote nothing."""
    html = page(12, marked=False)
    assert re.search(r"Answers that wait for a mark: (\d+)\. The figures come when all are marked\.", html)


def test_what_to_look_at_stands_with_its_question(page: Callable[..., str]) -> None:
    """Everybody chose the same wrong option of the first question."""
    html = page(12, changed={"DS1.1": "a"})
    first = html.partition('id="question-1"')[2].partition("</section>")[0]
    assert "Nobody has all points." in first
    assert "Of those who do well overall, more chose this than a right answer." in first
    assert "Nobody chose this:" in first
    assert "cannot be told: all have the same points" in first


def test_nobody_can_be_recognised(page: Callable[..., str]) -> None:
    """No user name, and no word that somebody wrote."""
    html = page(12, changed={"DS1.7": "what-only-one-person-writes"})
    assert "somebody-" not in html
    assert "what-only-one-person-writes" not in html


def test_an_assessment_without_questions_says_so(page: Callable[..., str]) -> None:
    """A lab has code instead."""
    assert "no questions of this kind" in page(12, assessment="mail-headers-lab")
