"""Submissions in folders with names that somebody might take for something else."""

from __future__ import annotations

from tests.attacks.model import MANUAL, NOT_RUN, PASSED, PLANTED, Submission

__all__ = ["ATTACKS"]


def _named(name: str, tries: str, student: str) -> Submission:
    return Submission(
        name=name,
        tries=tries,
        student=student,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    )


ATTACKS: tuple[Submission, ...] = (
    _named("is-called-like-an-option", "The name of the folder begins with hyphens.", "--force"),
    _named("is-called-everybody", "The name of the folder stands for all names.", "*"),
    _named("is-called-a-pattern", "The name of the folder stands for some names.", "[0-9]*"),
    _named("is-called-a-field", "The name of the folder is a field of nbgrader's paths.", "{assignment_id}"),
    _named("is-called-a-command", "The name of the folder is a command.", "$(touch planted);`touch planted`"),
    _named("is-called-a-script", "The name of the folder is a script.", f"<img src=x onerror=alert('{PLANTED}')>"),
    _named("is-called-backwards", "The name of the folder is shown in another order.", "ana\u202etxt.exe"),
    _named("is-called-alike", "The name of the folder looks like another one.", "r\u0456ght"),
    _named("is-called-invisibly", "The name of the folder holds signs that nobody sees.", "ana\u200b\u2060"),
    _named("is-called-with-an-accent", "A letter with its accent.", "caf\u00e9"),
    _named("is-called-with-a-loose-accent", "A letter, and its accent beside it.", "cafe\u0301"),
    _named("is-called-in-two-lines", "The name of the folder has a line end.", "ana\nbela"),
    _named("is-called-with-spaces", "The name of the folder begins and ends with a space.", " ana "),
    _named("is-called-upwards", "The name of the folder looks like a way up.", "..%2f..%2fgradebook"),
    _named("is-called-with-dots", "The name of the folder is nothing but dots.", "..."),
    _named("is-called-for-another-system", "The name of the folder is a path elsewhere.", "C:\\ana\\..\\..\\x"),
    _named("is-called-at-length", "The name of the folder is as long as names can be.", "n" * 255),
    _named("is-called-with-half-a-letter", "The name of the folder is no text.", "ana\udcff"),
    _named("is-called-like-a-query", "The name of the folder ends a statement.", "ana'; drop table student; --"),
    _named("is-called-like-a-column", "The name of the folder ends a cell of a table.", "=cmd|' x'!A1\t\"x\","),
    _named("is-called-like-the-exchange", "The name of the folder is taken apart elsewhere.", "ana+task+2026"),
    _named("is-called-in-capitals", "The name of the folder differs in nothing but capitals.", "RIGHT"),
)
