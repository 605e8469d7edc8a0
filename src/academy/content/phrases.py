"""The words that the academy itself puts around content, in the content's language."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from academy.languages.catalogues import translated
from academy.languages.phrases import phrase

__all__ = ["phrases", "points_text"]

PHRASES = {
    "accepted": phrase("An answer that fits"),
    "best": phrase("The best choice here"),
    "caution": phrase("Take care"),
    "checklist": phrase("To keep"),
    "choose": phrase("Choose"),
    "choose-first": phrase("Choose or write an answer first, then look again."),
    "comment": phrase("Comment"),
    "criterion": phrase("What is read for"),
    "fits": phrase("Fits"),
    "fits-all": phrase("That fits."),
    "fits-part": phrase("Part of this fits."),
    "hint-essay": phrase("Write in your own words. Use the story only: no real names, numbers or places."),
    "hint-match": phrase("Choose one for each."),
    "hint-multi": phrase("Choose all that fit."),
    "hint-numeric": phrase("Write the number in digits."),
    "hint-order": phrase("Give each one its place: 1 comes first."),
    "hint-scenario": phrase("Choose what you would do."),
    "hint-short": phrase("Write one word or a few."),
    "hint-single": phrase("Choose one."),
    "levels": phrase("Points"),
    "look-again": phrase("Not this time. Here is why."),
    "more-to-find": phrase("There is more to find: look at the others again."),
    "nhri": phrase("If you work in an NHRI"),
    "no-answer": phrase("No answer"),
    "not-marked": phrase("Not marked yet: a person reads this answer."),
    "note": phrase("Good to know"),
    "notebook-how": phrase(
        "Write each answer into the cell below its question, in place of `None`, and leave the other cells as they "
        "are. Keep the quotes."
    ),
    "notebook-points": phrase("Points: {points}"),
    "notebook-test": phrase("The points for {id} are worked out here. There is nothing to write in this cell."),
    "notebook-write-essay": phrase("Write your answer into the next cell, in place of the words there."),
    "notebook-write-match": phrase(
        "Write one code of the list above for each code of the list below: `answer = {{{pairs}}}`"
    ),
    "notebook-write-multi": phrase('Write the codes of all that fit: `answer = ["…", "…"]`'),
    "notebook-write-numeric": phrase('Write the number in quotes: `answer = "…"`'),
    "notebook-write-order": phrase('Write all codes, the first step first: `answer = ["…", "…", …]`'),
    "notebook-write-scenario": phrase('Write the code of one option: `answer = "…"`'),
    "notebook-write-short": phrase('Write one word or a few, in quotes: `answer = "…"`'),
    "notebook-write-single": phrase('Write the code of one option: `answer = "…"`'),
    "pack-about": phrase(
        "These pages work without the internet. They hold the whole text of the course; interactive pages are replaced "
        "by text. Whoever can open this device can read them: delete them when you no longer need them."
    ),
    "pack-assessment": phrase("questions"),
    "pack-checksums": phrase("Whether all files arrived whole can be checked with"),
    "pack-contents": phrase("Contents"),
    "pack-english": phrase("This is not yet in your language. You are reading it in English."),
    "pack-hand-in": phrase("Handing in"),
    "pack-hand-in-how": phrase(
        "Answer the questions here and save them as a file. When you have a line again, open the page “Course pack” of "
        "your course and send the file, or give it to your facilitator. The day on which you saved it counts. Sending "
        "it twice changes nothing."
    ),
    "pack-keep-open": phrase("Save before you close this page: what is not saved is gone."),
    "pack-lesson": phrase("lesson"),
    "pack-next": phrase("Go on"),
    "pack-no-script": phrase(
        "To save your answers as a file, this page needs JavaScript. Without it, write them on paper and give them to "
        "your facilitator."
    ),
    "pack-reasons": phrase("See what each answer means"),
    "pack-save": phrase("Save my answers as a file"),
    "pack-saved": phrase("Saved among your downloads. You can go on and save again; the newest file counts."),
    "pack-skip": phrase("Skip to the text"),
    "points": phrase("Points: {points} of {most}"),
    "possible": phrase("Could be part of an answer"),
    "practice": phrase("Try it"),
    "question-number": phrase("Question {number}."),
    "reflection": phrase("Think about it"),
    "reflection-note": phrase("Nothing is written down or stored here."),
    "right-order": phrase("One order that works"),
    "rubric": phrase("How this answer is read"),
    "show-picture": phrase("Show the picture ({kilobytes} KB)"),
    "some-fit": phrase("{right} of {all} fit."),
    "source-number": phrase("Source {number}"),
    "sources": phrase("Sources"),
    "unfinished-match": phrase("{open} still open."),
    "unfinished-order": phrase("Give each one a place of its own; {open} still open."),
    "you-put": phrase("You put it in place {place}."),
    "your-answer": phrase("Your answer"),
    "your-answer-none": phrase("You left this one out."),
}
"""By the name that templates use; what stands in braces is put in there."""


@functools.cache
def phrases(language: str = "en") -> Mapping[str, str]:
    """Return the phrases in ``language``; what is missing there is English."""
    return MappingProxyType({name: translated(text, language) for name, text in PHRASES.items()})


def points_text(points: float) -> str:
    """Return points as people write them: ``1``, ``0.5``, ``0.67``."""
    return f"{points:.2f}".rstrip("0").rstrip(".")
