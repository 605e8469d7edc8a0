"""Points worked out a second time, from the question files and the answers alone, in exact fractions.

Written from the rules in the content brief, not from the code under test: it shares nothing with ``academy.content``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

__all__ = ["points", "questions"]


def questions(quiz: Path) -> dict[str, dict[str, Any]]:
    """Return the raw items of a quiz file by id."""
    return {item["id"]: item for item in yaml.safe_load(quiz.read_text(encoding="utf-8"))["items"]}


def points(item: Mapping[str, Any], answer: Any) -> Fraction | None:
    """Return the points of one answer; None for an essay that somebody wrote, which a person marks."""
    if answer is None:
        return Fraction(0)
    if item["type"] == "essay":
        return None
    if item["type"] == "scenario":
        return Fraction(next(option["score"] for option in item["options"] if option["id"] == answer))
    return SHARES[item["type"]](item, answer)


def _single(item: Mapping[str, Any], answer: str) -> Fraction:
    return Fraction(int(any(option["ok"] for option in item["options"] if option["id"] == answer)))


def _multi(item: Mapping[str, Any], answer: list[str]) -> Fraction:
    right = {option["id"] for option in item["options"] if option["ok"]}
    chosen = set(answer)
    return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))


def _order(item: Mapping[str, Any], answer: Any) -> Fraction:
    if not isinstance(answer, list):
        return Fraction(0)
    key = item["answer"]
    if item.get("strict"):
        return Fraction(int(answer == key))
    kept = sum(answer.index(first) < answer.index(second) for first, second in pairwise(key))
    return Fraction(kept, len(key) - 1)


def _match(item: Mapping[str, Any], answer: Mapping[str, str]) -> Fraction:
    pairs = item["right"]
    return Fraction(sum(answer.get(pair["id"]) == pair["answer"] for pair in pairs), len(pairs))


def _numeric(item: Mapping[str, Any], answer: str) -> Fraction:
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in answer.strip())
    try:
        value = Fraction(digits.replace(",", "."))
    except ValueError:
        return Fraction(0)
    return Fraction(int(abs(value - Fraction(str(item["answer"]))) <= Fraction(str(item.get("tol", 0)))))


def _short(item: Mapping[str, Any], answer: str) -> Fraction:
    return Fraction(int(answer.strip().casefold() in {form.casefold() for form in item["accept"]}))


SHARES = {
    "single": _single,
    "multi": _multi,
    "order": _order,
    "match": _match,
    "numeric": _numeric,
    "short": _short,
}
