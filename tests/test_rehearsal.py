"""Invented people who take the assessments of a course: how they answer, what chance gives, and what is found."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.content.answers import read_form
from academy.content.build import build_assessment
from academy.content.catalogue import load
from academy.content.questions import Match, Multi, Order, Question, Scenario, Single
from academy.content.rules import match_share, order_share
from academy.content.scoring import answer_key, key_of, score
from academy.errors import BadInput
from academy.grading.rules import mark_answers
from academy.learning.sheet import readable_answers
from academy.rehearsal import command
from academy.rehearsal.chance import at_least, by_chance, expected, is_more_than_chance, together
from academy.rehearsal.form import can_send, controls
from academy.rehearsal.malformed import expected_points, spoiled
from academy.rehearsal.takers import Kind, Taker, fill, takers
from tests.conftest import ROOT
from tests.content_samples import catalogue, parse, questions

COURSE = "digital-security"
OURS = [q for slug in load(ROOT).course(COURSE).assessments for q in load(ROOT).assessment(slug).questions]
EVERY = [*questions(), *OURS]
WHY = "A reason that explains it."
every_question = pytest.mark.parametrize("question", EVERY, ids=lambda question: question.id)


def one(kind: Kind, name: str = "somebody", seed: int = 1) -> Taker:
    """Return a taker of a kind."""
    return Taker(name, kind, seed)


def options(*texts: str, right: str) -> list[dict[str, Any]]:
    """Return options called a, b, c and so on."""
    return [{"id": i, "ok": i in right, "text": t, "why": WHY} for i, t in zip("abcdefgh", texts, strict=False)]


# --- takers and forms ---


@every_question
def test_everybody_sends_what_a_browser_sends(question: Question) -> None:
    """Only controls that are there and values that they offer; and the service can read it."""
    shown = controls(question, "somebody")
    for kind in set(Kind) - {Kind.MALFORMED}:
        fields = fill(one(kind), question, shown)
        assert can_send(shown, fields)
        assert read_form([question], fields).keys() <= {question.id}


@every_question
def test_what_no_browser_sends_is_refused_question_by_question(question: Question) -> None:
    """The malformed sends something for each, and nothing of it is an answer."""
    fields = fill(one(Kind.MALFORMED), question, controls(question, "somebody"))
    assert readable_answers([question], fields) == {}
    with pytest.raises(BadInput):
        read_form([question], fields)


@every_question
def test_the_form_has_a_field_for_the_right_answer(question: Question) -> None:
    """Somebody who knows it can send it, and gets all points; some are known to every good taker."""
    shown = controls(question, "somebody")
    sent = [fill(one(Kind.GOOD, f"good-{number}"), question, shown) for number in range(12)]
    points = [score(question, read_form([question], fields).get(question.id)).points for fields in sent]
    assert None in points if question.type == "essay" else question.points in points


def test_the_same_seed_gives_the_same_people_and_answers() -> None:
    """And another seed other answers."""
    assert takers(30, 7) == takers(30, 7)
    by_seed = [
        [
            fill(taker, question, controls(question, taker.name))
            for taker in takers(30, seed)
            for question in questions()
        ]
        for seed in (7, 7, 8)
    ]
    assert by_seed[0] == by_seed[1] != by_seed[2]


@pytest.mark.parametrize("count", [12, 13, 60])
def test_one_of_each_kind_and_then_those_whom_a_cohort_has(count: int) -> None:
    """Names differ, and they are names that the exchange takes."""
    people = takers(count, 1)
    assert len({taker.name for taker in people}) == count
    kinds = Counter(taker.kind for taker in people)
    assert set(kinds) == set(Kind)
    assert {kind for kind, number in kinds.items() if number > 1} <= {Kind.GOOD, Kind.MIDDLING, Kind.GUESSING}


def test_the_good_know_more_than_the_middling_and_these_more_than_those_who_guess() -> None:
    """On average over many."""

    def points(kind: Kind) -> float:
        sent = ((q, fill(one(kind, f"n{n}"), q, controls(q, "x"))) for n in range(20) for q in questions())
        return sum(score(q, read_form([q], fields).get(q.id)).points or 0.0 for q, fields in sent)

    good, middling, guessing, blank = map(points, (Kind.GOOD, Kind.MIDDLING, Kind.GUESSING, Kind.BLANK))
    assert good > middling > guessing > blank == 0


@every_question
def test_habits_choose_by_length_or_place_alone(question: Question) -> None:
    """Each option by its text as it is shown, as many as are right; of a match for each line the same."""
    shown = controls(question, "somebody")
    longest, first = (fill(one(kind), question, shown) for kind in (Kind.LONGEST, Kind.FIRST))
    match question:
        case Single() | Scenario() | Multi():
            (control,) = shown
            lengths = [len(control.offered[value]) for value in longest[question.id]]
            rest = [len(text) for value, text in control.offered.items() if value not in longest[question.id]]
            assert min(lengths) >= max(rest, default=0)
            assert first[question.id] == list(control.offered)[: len(lengths)]
        case Match():
            assert len({tuple(values) for values in longest.values()}) == 1
            assert list(first.values()) == [[next(iter(c.offered))] for c in shown]
        case Order():
            assert [first[control.name] for control in shown] == [[str(n)] for n in range(1, len(shown) + 1)]
            by_place = sorted(shown, key=lambda control: int(longest[control.name][0]))
            lengths = [len(control.label) for control in by_place]
            assert lengths == sorted(lengths, reverse=True)
        case _:
            assert longest == first == {question.id: [""]}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"S.single": ["a", "b"]},
        {"S.single": ["no-such"]},
        {"S.other": ["a"]},
    ],
)
def test_what_no_browser_sends_is_told(fields: dict[str, list[str]]) -> None:
    """Two buttons of one group, a value that is not offered, a control that is not there; nothing at all is sent."""
    question = next(q for q in questions() if isinstance(q, Single))
    fields = {name.replace("S.single", question.id): values for name, values in fields.items()}
    assert can_send(controls(question, ""), fields) == (fields == {})


# --- malformed notebooks ---


def test_a_spoiled_notebook_earns_nothing_and_is_no_evidence_where_it_cannot_be_read() -> None:
    """What is expected is what the rules of marking say to the notebook itself."""
    assessment = catalogue().assessment("sample")
    released = nbformat.writes(build_assessment(assessment)).encode()
    nb = nbformat.reads(spoiled(released, assessment.questions).decode(), as_version=4)
    marks = {mark.question: mark.points for mark in mark_answers(nb, assessment.questions)}
    right = expected_points(assessment.questions)
    assert marks == {name: points for name, points in right.items() if name in marks}
    assert {*marks.values()} == {0.0, None}


# --- chance ---


@every_question
def test_chance_is_whole_and_gives_what_can_be_had(question: Question) -> None:
    """Probabilities add up to one; who has to write gets nothing; the key itself is possible."""
    chances = by_chance(question)
    assert sum(chances.values()) == 1
    assert all(0 <= points <= Fraction(str(question.points)) for points in chances)
    if question.type in ("numeric", "short", "essay"):
        assert chances == {0: 1}
    else:
        assert chances[Fraction(str(question.points))] > 0
        assert math.isclose(score(question, answer_key(question)).points or 0.0, max(chances))


def brute_force(question: Question) -> Iterator[float]:
    """Return the share of each answer that choosing at random can give, each as often as it comes."""
    key = key_of(question)
    match question:
        case Order():
            yield from (order_share(list(order), key) for order in itertools.permutations(key["order"]))
        case Match():
            names = list(key["pairs"])
            for lefts in itertools.product(key["left"], repeat=len(names)):
                yield match_share(dict(zip(names, lefts, strict=True)), key)


@pytest.mark.parametrize(
    "question", [q for q in EVERY if isinstance(q, Order | Match)], ids=lambda question: question.id
)
def test_formulas_agree_with_counting(question: Question) -> None:
    """Every order, and every way to match, is written down and counted."""
    counted = Counter(Fraction(share * question.points).limit_denominator(1000) for share in brute_force(question))
    assert dict(by_chance(question)) == {
        points: Fraction(count, counted.total()) for points, count in counted.items()
    } | {points: Fraction(0) for points, probability in by_chance(question).items() if not probability}


def test_chance_by_hand() -> None:
    """One of four; two of four of which two are right: one set of six has both, four have one of each, one none."""
    single = parse({"id": "C.1", "type": "single", "stem": "?", "options": options(*"wxyz", right="a")})
    multi = parse({"id": "C.2", "type": "multi", "stem": "?", "options": options(*"wxyz", right="ab")})
    assert by_chance(single) == {1: Fraction(1, 4), 0: Fraction(3, 4)}
    assert by_chance(multi) == {1: Fraction(1, 6), 0: Fraction(5, 6)}
    both = together([by_chance(single), by_chance(multi)])
    assert both == {2: Fraction(1, 24), 1: Fraction(8, 24), 0: Fraction(15, 24)}
    assert expected(both) == Fraction(1, 4) + Fraction(1, 6)
    assert at_least(both, 2.0) == Fraction(1, 24)
    assert at_least(both, 1.0) == Fraction(9, 24)
    assert is_more_than_chance(both, 2.0)
    assert not is_more_than_chance(both, 1.0)


@given(st.lists(st.sampled_from(OURS), max_size=6))
def test_expected_points_add_up(asked: list[Question]) -> None:
    """And to have nothing or more is certain."""
    whole = together(by_chance(question) for question in asked)
    assert sum(whole.values()) == 1
    assert expected(whole) == sum((expected(by_chance(question)) for question in asked), Fraction(0))
    assert at_least(whole, 0.0) == 1


# --- the verb ---


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the course with one module and its assessment, to be spoiled."""
    for part in ("modules/what-we-protect", "assessments/what-we-protect"):
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / "courses/small").mkdir(parents=True)
    (tmp_path / "courses/small/course.yml").write_text(
        """
title: {en: "Small"}
summary: {en: "A small course."}
languages: [en]
pass_rule: {modules: all, assessments: 0.6}
parts:
  - slug: only
    title: {en: "Only"}
    weeks:
      - title: {en: "One"}
        modules: [what-we-protect]
        assessments: [what-we-protect]
""",
        encoding="utf-8",
    )
    return tmp_path


def make_longest_right(folder: Path) -> None:
    """Make each right option of the quiz the longest one, so that who takes the longest gets nearly all."""
    file = folder / "assessments/what-we-protect/en/quiz.yml"
    lines = file.read_text(encoding="utf-8").splitlines()
    pads = {
        "ok: true": "And so on, and so on, and so on, and so on, and so on, and so on. ",
        "score: 2": "And so on. " * 9,
    }
    for mark, pad in pads.items():
        lines = [line.replace('text: "', f'text: "{pad}') if mark in line else line for line in lines]
    file.write_text("\n".join(lines), encoding="utf-8")


def test_a_question_that_its_length_gives_away_ends_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named with what the longest bring, and what choosing at random would."""
    make_longest_right(folder)
    assert command.main(["small", str(folder), "--takers", "12"]) == 1
    shown = capsys.readouterr().out
    assert "whoever always takes the longest gets" in shown
    assert "| DS1.1 | single |" in shown


@pytest.mark.parametrize(
    ("arguments", "code"), [(["no-such-course"], "no-course"), ([COURSE, "--takers", "11"], "too-few")]
)
def test_what_cannot_be_rehearsed_is_said(arguments: list[str], code: str) -> None:
    """One sentence, before anything is done."""
    with pytest.raises(BadInput) as refused:
        command.main([arguments[0], str(ROOT), *arguments[1:]])
    assert refused.value.code == code


def test_every_assessment_of_the_course_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """Released, handed in and marked by nbgrader: scores as by the rules, nobody does well without reading."""
    code = command.main([COURSE, str(ROOT), "--takers", "12", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [one["problems"] for one in found] == [[] for _ in found]
    assert code == 0
    with_questions = [slug for slug in load(ROOT).course(COURSE).assessments if load(ROOT).assessment(slug).questions]
    assert [one["assessment"] for one in found] == with_questions
    for one_of_them in found:
        asked = load(ROOT).assessment(one_of_them["assessment"]).questions
        assert [item["question"] for item in one_of_them["items"]] == [question.id for question in asked]
        assert all((item["figures"] is None) == (item["type"] == "essay") for item in one_of_them["items"])


def test_what_holds_no_question_is_left_out_with_a_sentence() -> None:
    """A lab is code, which nobody here writes."""
    labs = [one for slug in load(ROOT).course(COURSE).assessments if not (one := load(ROOT).assessment(slug)).questions]
    assert list(command.rehearsals(labs, count=12, seed=1)) == [
        f"{lab.slug} has no questions, so it is left out here." for lab in labs
    ]
    assert labs
