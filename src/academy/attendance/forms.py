"""The forms and API bodies of attendance, parsed strictly."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

from academy.attendance.model import Naming, Status
from academy.routing import Form

__all__ = ["CheckInForm", "Correction", "CorrectionForm", "Mark", "MarkForm", "Nothing", "PlanForm", "TallyForm"]

Nonce = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{8,64}$")]
Id = Annotated[str, Field(min_length=1, max_length=32)]


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


Moment = Annotated[AwareDatetime | None, BeforeValidator(_empty_is_none)]
TimeText = Annotated[str, Field(max_length=8)]


class Nothing(Form):
    """A button without fields."""


class PlanForm(Form):
    """The form that plans a session; lengths and names are judged by the action, in its own words."""

    title: str = ""
    day: str = ""
    starts: str = ""
    minutes: str = ""
    zone: str = ""
    nonce: Nonce


class CheckInForm(Form):
    """The check-in form. Whoever chooses nothing is shown under her user name."""

    code: Annotated[str, Field(max_length=80)] = ""
    naming: Naming = Naming.PSEUDONYM


class MarkForm(Form):
    """One of the large buttons of a row, or of everybody who is left."""

    person: Annotated[str, Field(max_length=32)] = ""
    status: Status
    nonce: Nonce


class CorrectionForm(Form):
    """The correction of a row; times of day are in the session's zone, empty when not known."""

    person: Id
    status: Status
    arrived: TimeText = ""
    left: TimeText = ""
    reason: str = ""
    nonce: Nonce


class TallyForm(Form):
    """A head-count."""

    people: str = ""
    reason: str = ""
    nonce: Nonce


class Mark(Form):
    """Body of ``POST …/marks``."""

    person: Id
    status: Status
    arrived_at: Moment = None
    nonce: Nonce


class Correction(Form):
    """Body of ``POST …/corrections``."""

    person: Id
    status: Status
    arrived_at: Moment = None
    left_at: Moment = None
    reason: str = ""
    nonce: Nonce
