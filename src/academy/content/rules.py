"""The rules that score an answer: values in, a share from 0 to 1 out, nothing else.

Each function stands on its own with the standard modules imported here, because its source is written into the hidden
test cells of an assessment (``academy.content.notebook``), where it runs without the academy. An answer that is not of
the expected shape has a share of 0; no rule ever raises. ``key`` is what ``academy.content.scoring.key_of`` returns.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Any

__all__ = [
    "match_share",
    "multi_share",
    "normal",
    "numbers",
    "numeric_share",
    "order_share",
    "scenario_share",
    "short_share",
    "single_share",
]


def single_share(answer: Any, key: Any) -> float:
    """1 for the right option, else 0. ``key``: ``{"right": id}``."""
    return 1.0 if isinstance(answer, str) and answer == key["right"] else 0.0


def multi_share(answer: Any, key: Any) -> float:
    """(right chosen - wrong chosen) / number right, never below 0. ``key``: ``{"right": [ids], "wrong": [ids]}``."""
    if not isinstance(answer, list) or not all(isinstance(choice, str) for choice in answer):
        return 0.0
    chosen, right, wrong = set(answer), set(key["right"]), set(key["wrong"])
    if len(chosen) != len(answer) or not chosen <= right | wrong:
        return 0.0
    return max(0.0, (len(chosen & right) - len(chosen & wrong)) / len(right))


def scenario_share(answer: Any, key: Any) -> float:
    """Halve the chosen option's score of 0, 1 or 2. ``key``: ``{"scores": {id: score}}``."""
    return float(key["scores"].get(answer, 0) / 2) if isinstance(answer, str) else 0.0


def order_share(answer: Any, key: Any) -> float:
    """Of the pairs side by side in the key, the share whose first stands somewhere before its second in the answer.

    ``key``: ``{"order": [ids], "strict": bool}``; strict means all or nothing. An answer that does not hold each id
    exactly once has a share of 0.
    """
    order = key["order"]
    if not isinstance(answer, list) or not all(isinstance(item, str) for item in answer):
        return 0.0
    if sorted(answer) != sorted(order):
        return 0.0
    if key["strict"]:
        return 1.0 if answer == order else 0.0
    place = {item: index for index, item in enumerate(answer)}
    kept = sum(place[first] < place[second] for first, second in itertools.pairwise(order))
    return float(kept / (len(order) - 1))


def match_share(answer: Any, key: Any) -> float:
    """Share of right pairs. ``key``: ``{"left": [ids], "pairs": {right id: left id}}``; a missing pair is not right."""
    pairs = key["pairs"]
    if not isinstance(answer, dict) or not all(right in pairs for right in answer):
        return 0.0
    if not all(isinstance(left, str) and left in key["left"] for left in answer.values()):
        return 0.0
    kept = sum(answer.get(right) == left for right, left in pairs.items())
    return float(kept / len(pairs))


def numbers(answer: Any) -> list[Fraction]:
    """Return the numbers that ``answer`` may mean: none, one, or two where commas may also group digits in threes.

    Digits of any script; ``.``, ``,`` and the Arabic decimal sign; spaces and the Arabic thousands sign are left out.
    """
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        answer = format(Decimal(repr(answer)), "f") if abs(answer) < 1e40 else ""  # noqa: PLR2004 - nan is not less
    if not isinstance(answer, str) or len(answer) > 100:  # noqa: PLR2004 - no number needs more
        return []
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in answer)
    text = "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Cf")
    text = text.translate({0x066C: None, 0x066B: ".", 0x2212: "-", 0x066A: "%"}).removesuffix("%")
    readings = [text.replace(",", ".")]
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", text):
        readings.append(text.replace(",", ""))
    plain = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
    return [Fraction(reading.removesuffix(".")) for reading in readings if re.fullmatch(plain, reading)]


def numeric_share(answer: Any, key: Any) -> float:
    """1 within the tolerance, else 0. ``key``: ``{"value": number, "tolerance": number}``; compared exactly."""
    value, tolerance = Fraction(repr(key["value"])), Fraction(repr(key["tolerance"]))
    return 1.0 if any(abs(number - value) <= tolerance for number in numbers(answer)) else 0.0


def normal(text: str) -> str:
    """Return ``text`` in the form in which short answers are compared.

    Case, punctuation, digits of any script, accents of Latin letters, Arabic short vowels and alef forms do not count.
    Other combining signs stay: in Bengali and Devanagari they carry the vowels. Invisible signs are left out, since
    one keyboard writes a joiner inside a Bengali word where another does not.
    """
    text = unicodedata.normalize("NFC", text).casefold()
    text = re.sub("[\u0640\u064b-\u0652\u0670]", "", text)
    text = text.translate({0x0622: 0x0627, 0x0623: 0x0627, 0x0625: 0x0627, 0x0649: 0x064A})
    kept: list[str] = []
    for sign in unicodedata.normalize("NFD", text):
        category = unicodedata.category(sign)
        if category == "Cf" or (category == "Mn" and kept and kept[-1].isascii()):
            continue
        kept.append(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign)
    text = unicodedata.normalize("NFC", "".join(kept))
    return " ".join("".join(sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in text).split())


def short_share(answer: Any, key: Any) -> float:
    """1 if the answer, normalised, equals an accepted form, else 0. ``key``: ``{"accept": [text]}``."""
    if not isinstance(answer, str) or len(answer) > 1000 or not normal(answer):  # noqa: PLR2004 - no short answer is longer
        return 0.0
    return 1.0 if normal(answer) in [normal(form) for form in key["accept"]] else 0.0
