"""Pages about the programme, one's account, and the help that everyone may read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from academy.content.catalogue import load
from academy.errors import AcademyError, BadInput
from academy.languages.phrases import phrase
from academy.people import actions, demographics_pages, identity_pages, kept_pages, queries
from academy.people.model import Cohort, Role
from academy.people.rules import find_member, slug_from
from academy.rights import Right
from academy.routing import Form, Page, Redirect, Request, Response, Route

__all__ = ["ROUTES"]

MOST_SEATS = 500
TYPED = {"display_name": "display_name", "account_language": "language"}
"""What the page of the account calls the fields of its form."""


class NewCohort(Form):
    """The form that makes a cohort."""

    title: Annotated[str, Field(min_length=3, max_length=120)]
    slug: Annotated[str, Field(max_length=40)] = ""
    course: Annotated[str, Field(max_length=64)]
    starts_on: date
    zone: Annotated[str, Field(max_length=64)]


class NewInvitation(Form):
    """The form that makes an invitation."""

    role: Role
    cohort: Annotated[str, Field(max_length=40)] = ""
    seats: Annotated[int, Field(ge=1, le=MOST_SEATS)] = 1


class ResetFor(Form):
    """The form that makes a one-time code for a forgotten passphrase."""

    person: Annotated[str, Field(max_length=32)]


class Removal(Form):
    """The form that takes a place away."""

    person: Annotated[str, Field(max_length=32)]
    reason: Annotated[str, Field(min_length=3, max_length=200)]


class Rename(Form):
    """The form that changes the name others see, and the language of the pages."""

    display_name: Annotated[str, Field(max_length=80)] = ""
    language: Annotated[str, Field(max_length=8)] = ""


def help_page(request: Request) -> Response:
    """Show where to find help, and who sees what. Needs no sign-in and leaves no entry in the log."""
    return Page("people/help.html", {"hours": request.config.behaviour.reset_code_hours})


def away(request: Request) -> Response:  # noqa: ARG001 - the same page for everybody
    """Show something that anybody might look at."""
    return Page("away.html", leaving=True)


def account(request: Request) -> Response:
    """Show what is known of oneself."""
    person = queries.person_by_username(request.db, str(request.actor.username))
    name, language = (person.display_name, person.language) if person else ("", "")
    return Page("people/me.html", {"display_name": name, "account_language": language, "problem": None})


def rename(request: Request) -> Response:
    """Change the name others see, and the language of the pages."""
    try:
        form = request.read(Rename)
        actions.rename(request.db, actor=request.actor, now=request.now, display_name=form.display_name)
        if form.language != queries.language_of(request.db, str(request.actor.username)):
            actions.choose_language(request.db, actor=request.actor, now=request.now, language=form.language)
    except AcademyError as error:
        typed = {name: str(request.body.get(field, "")) for name, field in TYPED.items()}
        return Page("people/me.html", {**typed, "problem": error}, status=error.status)
    return Redirect("/me", language=form.language or None)


def _programme(request: Request, *, problem: AcademyError | None = None, code: str | None = None) -> Page:
    content = load(request.config.content)
    context = {
        "cohorts": queries.cohorts(request.db),
        "courses": list(content.courses.values()),
        "zones": sorted(available_timezones()),
        "zone": request.config.behaviour.zone,
        "typed": request.body if problem else {},
        "problem": problem,
        "code": code,
        "role": request.body.get("role", ""),
    }
    return Page("people/programme.html", context, status=problem.status if problem else 200)


def programme(request: Request) -> Response:
    """Show the programme: its cohorts, and how to make one."""
    return _programme(request)


def create_cohort(request: Request) -> Response:
    """Make a cohort."""
    try:
        form = request.read(NewCohort)
        cohort = _cohort_from(form, request)
        actions.create_cohort(request.db, actor=request.actor, now=request.now, cohort=cohort)
    except AcademyError as error:
        return _programme(request, problem=error)
    return Redirect("/programme")


def _cohort_from(form: NewCohort, request: Request) -> Cohort:
    if form.zone not in available_timezones():
        message = phrase("Choose a time zone from the list.")
        raise BadInput(message, code="bad-zone", field="zone")
    slug = form.slug or slug_from(form.title)
    if not slug:
        message = phrase("Give the cohort a short name in letters a-z: the title has none.")
        raise BadInput(message, code="bad-slug", field="slug")
    load(request.config.content).course(form.course)
    starts = datetime.combine(form.starts_on, time(), ZoneInfo(form.zone))
    return Cohort(slug=slug, course=form.course, title=form.title, zone=form.zone, starts_at=starts.astimezone(UTC))


def _invite(request: Request, form: NewInvitation, *, cohort: str | None) -> str:
    return actions.create_invitation(
        request.db,
        actor=str(request.actor.username),
        now=request.now,
        role=form.role,
        cohort=cohort,
        seats=form.seats,
        days=request.config.behaviour.invitation_days,
    )


def invite_to_programme(request: Request) -> Response:
    """Make an invitation for a facilitator of a cohort, or for another coordinator."""
    try:
        form = request.read(NewInvitation)
        cohort = queries.cohort(request.db, form.cohort).slug if form.cohort else None
        code = _invite(request, form, cohort=cohort)
    except AcademyError as error:
        return _programme(request, problem=error)
    return _programme(request, code=code)


def invite_to_cohort(request: Request) -> Response:
    """Make an invitation for participants of one's own cohort."""
    form = request.read(NewInvitation)
    if form.role is not Role.PARTICIPANT:
        message = phrase("A facilitator invites participants. Ask a coordinator to invite a facilitator.")
        raise BadInput(message, code="bad-role", field="role")
    cohort = queries.cohort(request.db, request.path["cohort"])
    code = _invite(request, form, cohort=cohort.slug)
    context = {"cohort": cohort, "code": code, "seats": form.seats, "days": request.config.behaviour.invitation_days}
    return Page("people/invitation.html", context)


def reset_for(request: Request) -> Response:
    """Make a one-time code with which a participant of one's cohort sets a new passphrase."""
    form = request.read(ResetFor)
    cohort = queries.cohort(request.db, request.path["cohort"])
    member = find_member(queries.participants(request.db, cohort.slug), form.person)
    hours = request.config.behaviour.reset_code_hours
    code = actions.issue_reset_code(
        request.db,
        actor=request.actor,
        now=request.now,
        person=member.person,
        username=member.username,
        hours=hours,
    )
    return Page("people/reset_code.html", {"cohort": cohort, "member": member, "code": code, "hours": hours})


def remove(request: Request) -> Response:
    """Take a participant out of one's cohort."""
    form = request.read(Removal)
    cohort = request.path["cohort"]
    member = find_member(queries.participants(request.db, cohort), form.person)
    actions.remove(request.db, actor=request.actor, now=request.now, cohort=cohort, member=member, reason=form.reason)
    return Redirect(f"/c/{cohort}/facilitate")


ROUTES = (
    Route("GET", "/help", Right.PUBLIC, help_page),
    Route("GET", "/away", Right.PUBLIC, away),
    Route("GET", "/me", Right.MEMBER, account),
    Route("POST", "/me", Right.MEMBER, rename),
    Route("GET", "/programme", Right.COORDINATE, programme),
    Route("POST", "/programme/cohorts", Right.COORDINATE, create_cohort),
    Route("POST", "/programme/invitations", Right.COORDINATE, invite_to_programme),
    Route("POST", "/c/{cohort}/facilitate/invitations", Right.FACILITATE, invite_to_cohort),
    Route("POST", "/c/{cohort}/facilitate/resets", Right.FACILITATE, reset_for),
    Route("POST", "/c/{cohort}/facilitate/removals", Right.FACILITATE, remove),
    *identity_pages.ROUTES,
    *demographics_pages.ROUTES,
    *kept_pages.ROUTES,
)
