"""The figures of a cohort as pure functions of the facts. Each carries its rows, and they add up to it."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

from academy.attendance.model import Register, State, Status
from academy.languages.phrases import Phrase, counted, phrase
from academy.learning.rules import is_complete
from academy.results.definitions import DEFINITIONS
from academy.results.model import Facts, Figure, Known, ModuleFacts, Person, PersonCell, Row

__all__ = ["figures"]

DATE, SESSION, PERSON = phrase("Date"), phrase("Session"), phrase("Person")
STATES = {State.PLANNED: phrase("planned"), State.OPEN: phrase("open"), State.CLOSED: phrase("closed")}
ROUNDING = 1e-9  # shares of points are sums of floats


def figures(facts: Facts) -> tuple[Figure, ...]:
    """Return the table of a cohort, in the order in which it is read."""
    return (
        sessions_held(facts),
        attendances(facts),
        unique_people(facts),
        *(module_completion(facts, module) for module in facts.modules),
        assessments_sent(facts),
        passed(facts),
    )


def sessions_held(facts: Facts) -> Figure:
    """Count the sessions that were held."""
    rows = tuple(
        Row((_day(register), register.session.title, STATES[register.session.state]), int(_was_held(register)))
        for register in facts.registers
    )
    return Figure(
        slug="sessions-held",
        title=phrase("Sessions held"),
        definition=DEFINITIONS["sessions-held"],
        unit=phrase("sessions"),
        known=Known.KNOWN,
        value=_sum(rows),
        of=len(rows),
        of_what=phrase("sessions planned"),
        columns=(DATE, SESSION, phrase("Check-in")),
        rows=rows,
    )


def attendances(facts: Facts) -> Figure:
    """Add up who was present over all sessions held. These are never people."""
    rows = tuple(
        Row((_day(register), register.session.title, str(_unnamed(register))), register.totals.present)
        for register in _held(facts)
    )
    return Figure(
        slug="attendances",
        title=phrase("Attendances"),
        definition=DEFINITIONS["attendances"],
        unit=phrase("attendances"),
        known=Known.KNOWN if rows else Known.NOT_YET,
        value=_sum(rows),
        of=None,
        of_what="",
        columns=(DATE, SESSION, phrase("Of these without a name")),
        rows=rows,
    )


def unique_people(facts: Facts) -> Figure:
    """Count who came at least once. Who was counted without a name cannot be told apart, hence "at least"."""
    held = _held(facts)
    listed = {row.person: row.username for register in held for row in register.rows}
    times = Counter(row.person for register in held for row in register.rows if row.status is Status.PRESENT)
    unnamed = sum(_unnamed(register) for register in held)
    rows = tuple(
        Row((PersonCell(username), str(times[person])), 1)
        for person, username in sorted(listed.items(), key=lambda item: item[1])
        if times[person]
    )
    remark = _cannot_be_told_apart(unnamed) if unnamed else ""
    return Figure(
        slug="unique-people",
        title=phrase("Unique people"),
        definition=DEFINITIONS["unique-people"],
        unit=phrase("people"),
        known=Known.KNOWN if held else Known.NOT_YET,
        value=_sum(rows),
        of=len(listed),
        of_what=phrase("people on the lists"),
        columns=(PERSON, phrase("Sessions attended")),
        rows=rows,
        at_least=bool(unnamed),
        remark=remark,
    )


def module_completion(facts: Facts, module: ModuleFacts) -> Figure:
    """Count who finished every lesson of a module."""
    rows = tuple(_module_row(facts, module, person) for person in facts.participants)
    return Figure(
        slug=f"module-{module.slug}",
        title=phrase("Completed: %(module)s", module=module.title),
        definition=DEFINITIONS["module"],
        unit=phrase("people"),
        known=Known.KNOWN if rows and module.lessons else Known.NOT_YET,
        value=_sum(rows),
        of=len(rows),
        of_what=phrase("participants"),
        columns=(PERSON, phrase("Lessons done")),
        rows=rows,
    )


def assessments_sent(facts: Facts) -> Figure:
    """Count the assessments that were answered."""
    open_ones = [assessment for assessment in facts.assessments if assessment.released]
    rows = tuple(
        Row((PersonCell(person.username), assessment.title, phrase("sent") if sent else phrase("not sent")), int(sent))
        for assessment in open_ones
        for person in facts.participants
        for sent in [(person.id, assessment.slug) in facts.marks]
    )
    return Figure(
        slug="assessments-sent",
        title=phrase("Assessments sent"),
        definition=DEFINITIONS["assessments-sent"],
        unit=phrase("assessments"),
        known=_known(facts, ready=bool(rows)),
        value=_sum(rows),
        of=len(rows),
        of_what=phrase("participants times released assessments"),
        columns=(PERSON, phrase("Assessment"), phrase("Answers")),
        rows=rows,
    )


def passed(facts: Facts) -> Figure:
    """Count who passed by the course's rule, once feedback on every assessment has been released."""
    ready = bool(facts.participants) and all(assessment.feedback_released for assessment in facts.assessments)
    results = [(person, _result(facts, person)) for person in facts.participants] if ready else []
    waiting = sum(result is None for _, result in results)
    rows = tuple(_passed_row(facts, person, result) for person, result in results)
    definition = phrase(
        DEFINITIONS["passed"].message, modules=f"{facts.modules_to_pass:.0%}", points=f"{facts.points_to_pass:.0%}"
    )
    return Figure(
        slug="passed",
        title=phrase("Pass rate"),
        definition=definition,
        unit=phrase("people"),
        known=_known(facts, ready=len(rows) > waiting),
        value=_sum(rows),
        of=len(rows) - waiting,
        of_what=phrase("participants whose marks are complete"),
        columns=(PERSON, phrase("Modules completed"), phrase("Points"), phrase("Result")),
        rows=rows,
        remark=counted("%(count)s wait for a mark.", "%(count)s wait for a mark.", waiting) if waiting else "",
    )


def _result(facts: Facts, person: Person) -> bool | None:
    """Tell whether a person passed; None while a mark is missing."""
    if any(facts.marks.get((person.id, assessment.slug), 0.0) is None for assessment in facts.assessments):
        return None
    if any(points is None for points in _gained(facts, person)):
        return None
    most = sum(assessment.points for assessment in facts.assessments)
    enough_points = _points(facts, person) >= facts.points_to_pass * most - ROUNDING
    enough_modules = _completed(facts, person) >= facts.modules_to_pass * len(facts.modules) - ROUNDING
    return enough_points and enough_modules


def _passed_row(facts: Facts, person: Person, result: bool | None) -> Row:  # noqa: FBT001 - three values, None is one
    most = sum(assessment.points for assessment in facts.assessments)
    words = {True: phrase("passed"), False: phrase("not passed"), None: phrase("waits for a mark")}[result]
    points = phrase("not yet") if result is None else _of(f"{_points(facts, person):g}", f"{most:g}")
    modules = _of(_completed(facts, person), len(facts.modules))
    return Row((PersonCell(person.username), modules, points, words), int(bool(result)))


def _points(facts: Facts, person: Person) -> float:
    own = sum(facts.marks.get((person.id, assessment.slug)) or 0.0 for assessment in facts.assessments)
    return own + sum(points or 0.0 for points in _gained(facts, person))


def _gained(facts: Facts, person: Person) -> list[float | None]:
    """Return what each lab adds to a person's points."""
    return [points for (whose, _), points in facts.gained.items() if whose == person.id]


def _completed(facts: Facts, person: Person) -> int:
    return sum(_module_row(facts, module, person).counts for module in facts.modules)


def _module_row(facts: Facts, module: ModuleFacts, person: Person) -> Row:
    done = [lesson for lesson in module.lessons if (person.id, module.slug, lesson) in facts.done]
    words = _of(len(done), len(module.lessons))
    return Row((PersonCell(person.username), words), int(is_complete(module.lessons, done)))


def _of(number: object, most: object) -> Phrase:
    return phrase("%(done)s of %(all)s", done=number, all=most)


def _cannot_be_told_apart(number: int) -> Phrase:
    return counted(
        "%(count)s attendances without a name cannot be told apart, so there may be more.",
        "%(count)s attendances without a name cannot be told apart, so there may be more.",
        number,
    )


def _known(facts: Facts, *, ready: bool) -> Known:
    if not facts.assessments:
        return Known.NOT_COLLECTED
    return Known.KNOWN if ready else Known.NOT_YET


def _held(facts: Facts) -> list[Register]:
    return [register for register in facts.registers if _was_held(register)]


def _was_held(register: Register) -> bool:
    return register.session.state is State.CLOSED


def _unnamed(register: Register) -> int:
    named = sum(row.status is Status.PRESENT for row in register.rows)
    return register.totals.present - named


def _day(register: Register) -> str:
    zone = ZoneInfo(register.session.zone)
    return register.session.starts_at.astimezone(zone).date().isoformat()


def _sum(rows: tuple[Row, ...]) -> int:
    return sum(row.counts for row in rows)
