"""Whether questions give their answers away, and whether they ask for what nobody should write down here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from statistics import mean

from academy.content.catalogue import Catalogue
from academy.content.questions import Essay, Multi, Order, Question, Scenario, Single
from academy.content.rules import multi_share
from academy.content.scoring import answer_key, key_of

__all__ = ["of_assessments", "of_lessons", "remarks"]

_SHORTEST_REASON = 20
"""Characters; less explains nothing."""
_TOLERATED = 0.25
"""Share of a multiple choice that the longest options may give above chance: one option more or less."""
_BLAMES = re.compile(r"\b(you failed|wrong!|stupid|your fault|obviously)", re.IGNORECASE)
_OWN_LIFE = re.compile(
    r"\b(?<!not )(write|tell|describe|list|name|type|enter|give|add|share|upload)\b[^.!?]{0,60}?"
    r"\byour (own |real )?(name|case|group|organi[sz]ation|phone|number|address|password|passphrase|location|family)\b",
    re.IGNORECASE,
)
_STORY_ONLY = "story only"


def remarks(catalogue: Catalogue) -> Iterator[str]:
    """Return one sentence for each thing to look at, each naming its file and question."""
    for file, questions in (*of_assessments(catalogue), *of_lessons(catalogue)):
        yield from _of_a_file(file, questions)
    yield from _seen_twice(catalogue)


def of_assessments(catalogue: Catalogue) -> Iterator[tuple[str, Sequence[Question]]]:
    """Return the questions of every assessment with their file, in every language."""
    for slug, languages in catalogue.assessments.items():
        for language, assessment in languages.items():
            yield f"assessments/{slug}/{language}/quiz.yml", assessment.questions


def of_lessons(catalogue: Catalogue) -> Iterator[tuple[str, Sequence[Question]]]:
    """Return the practice questions of every lesson with their file, in every language."""
    for slug, languages in catalogue.modules.items():
        for language, module in languages.items():
            for lesson in module.lessons:
                if lesson.language == language and lesson.practice:
                    yield f"modules/{slug}/{language}/{lesson.slug}.md", tuple(lesson.practice.values())


def _of_a_file(file: str, questions: Sequence[Question]) -> Iterator[str]:
    for question in questions:
        for remark in (*_told_by_ids(question), *_told_by_length(question), *_reasons(question), *_prompt(question)):
            yield f"{file}: {question.id}: {remark}"
    places = [_place(question) for question in questions if isinstance(question, Single) and question.keep_order]
    if len(places) > 2 and len(set(places)) == 1:  # noqa: PLR2004 - two may be chance
        yield f"{file}: where options are not shuffled, the right one always stands in the same place"


def _told_by_ids(question: Question) -> Iterator[str]:
    """Learners see the ids of items in the notebook and in the page's source."""
    if isinstance(question, Order) and sorted(question.answer) == list(question.answer):
        yield "the ids of the items in alphabetical order are the answer; give them ids that tell nothing"


def _told_by_length(question: Question) -> Iterator[str]:
    """Whoever knows nothing and takes the longest must not do better than by chance."""
    match question:
        case Single() | Scenario():
            lengths = {option.id: len(option.text) for option in question.options}
            best = lengths.pop(str(answer_key(question)))
            if best > max(lengths.values()):
                yield "the best option is the longest one, so it can be told by its length"
        case Multi() if _longest(question) > _by_chance(question) + _TOLERATED:
            yield "those who choose the longest options get more points than by chance"


def _longest(question: Multi) -> float:
    """Return the share for the longest options, as many as are right."""
    key = key_of(question)
    longest = sorted(question.options, key=lambda option: len(option.text), reverse=True)[: len(key["right"])]
    return multi_share([option.id for option in longest], key)


def _by_chance(question: Multi) -> float:
    """Return the share that somebody may expect who chooses as many options as are right without reading them."""
    key = key_of(question)
    ids = [option.id for option in question.options]
    return mean(multi_share(list(chosen), key) for chosen in combinations(ids, len(key["right"])))


def _place(question: Single) -> int:
    return next(place for place, option in enumerate(question.options) if option.ok)


def _reasons(question: Question) -> Iterator[str]:
    dumped = question.model_dump()
    entries = [entry for part in ("options", "right", "common_errors") for entry in dumped.get(part) or ()]
    reasons = [entry["why"] for entry in entries] + [dumped[name] for name in ("why",) if name in dumped]
    if any(len(reason) < _SHORTEST_REASON for reason in reasons):
        yield "a reason is too short to explain anything"
    if any(_BLAMES.search(reason) for reason in reasons):
        yield "a reason blames the person who answers"


def _prompt(question: Question) -> Iterator[str]:
    """Find prompts for what endangers those who write it down and those it is about."""
    if _OWN_LIFE.search(question.stem):
        yield "it asks for something of the learner's own life"
    if isinstance(question, Essay) and question.stem.isascii() and _STORY_ONLY not in question.stem:
        yield f"an essay says that it is about the “{_STORY_ONLY}”"


def _seen_twice(catalogue: Catalogue) -> Iterator[str]:
    """Practice shows its answers: what is graded must not stand there."""
    graded = {q.stem: q.id for slug in catalogue.assessments for q in catalogue.assessment(slug).questions}
    for slug in catalogue.modules:
        for lesson in catalogue.module(slug).lessons:
            for question in lesson.practice.values():
                if question.stem in graded:
                    file = f"modules/{slug}/en/{lesson.slug}.md"
                    yield f"{file}: {question.id}: this is also graded, as {graded[question.stem]}"
