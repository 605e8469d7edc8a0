"""Dates, times and lengths of time in words, in the reader's language. Digits are 0 to 9 in every language.

A code, a time or a receipt that is read aloud or compared on two screens looks the same on both.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from academy.languages.catalogues import ENGLISH, LANGUAGES, translated
from academy.languages.phrases import counted, phrase
from academy.languages.pseudo import PSEUDO, accented

__all__ = ["clock", "day", "duration", "when"]

ENGLISH_DATE = "EEEE d MMMM y"
"""As it is written in most English-speaking countries: day before month, no commas. Other languages: their own."""
HOUR = 60  # minutes


def day(moment: datetime, zone: str, language: str = ENGLISH) -> str:
    """Return a date in words, in ``zone``: "Tuesday 24 November 2026"."""
    known = language if language in LANGUAGES else ENGLISH
    form = ENGLISH_DATE if known == ENGLISH else "full"
    said = str(format_date(moment.astimezone(ZoneInfo(zone)).date(), form, locale=known))
    return accented(said) if language == PSEUDO else said


def clock(moment: datetime, zone: str) -> str:
    """Return the time of day in ``zone``, on the 24-hour clock: "14:03"."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def when(moment: datetime, zone: str, language: str = ENGLISH) -> str:
    """Return a date and time in words, in ``zone``: "Tuesday 24 November 2026, 14:03"."""
    said = phrase("%(date)s, %(time)s", date=day(moment, zone, language), time=clock(moment, zone))
    return translated(said, language)


def duration(minutes: int, language: str = ENGLISH) -> str:
    """Return a length of time in words: "20 minutes", "1 hour", "1 hour 30 minutes"."""
    hours, rest = divmod(minutes, HOUR)
    said_hours = counted("%(count)s hour", "%(count)s hours", hours)
    said_rest = counted("%(count)s minute", "%(count)s minutes", rest)
    if hours and rest:
        return translated(phrase("%(hours)s %(minutes)s", hours=said_hours, minutes=said_rest), language)
    return translated(said_hours if hours else said_rest, language)
