"""Every kind of page, in the order in which people walk through it, and what has to happen before each can be seen.

Used by the tests of accessibility and layout and by the command that draws the screens of the documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from playwright.sync_api import Page

from academy import clock
from academy.content.answers import to_fields
from academy.content.model import Assessment
from academy.demo.answers import answers_of
from academy.demo.cast import COHORT, COORDINATOR, FACILITATORS, Account
from academy.demo.programme import ASSESSMENT, plan_session, visit
from academy.demo.visitor import SERVICE, Visitor

__all__ = ["LESSON", "RENDER", "SIMULATIONS", "Screen", "Walk", "prepare", "simulation", "write_at_length"]

COURSE_PAGE = f"{SERVICE}/c/{COHORT}"
FORM = f"{COURSE_PAGE}/assessments/{ASSESSMENT}"
LESSON = f"{COURSE_PAGE}/lessons/what-we-protect/nine-points"
RENDER = "/services/interactive/voila/render"
SIMULATIONS = {
    "threat-budget": "what-we-protect/nine-points",
    "who-sees-what": "who-sees-what/on-the-way-to-a-website",
    "silent-log": "who-sees-what/twelve-lines",
    "dice-lab": "keys/five-dice",
    "mail-inspector": "false-doors/six-messages",
    "photo-lab": "what-things-remember/what-a-photo-remembers",
    "file-lab": "what-things-remember/what-a-file-remembers",
    "phone-lab": "what-things-remember/a-phone-that-is-shared",
    "first-hour": "first-hour/sixty-minutes",
}
"""Each simulation and a lesson that leads to it."""
TOO_LONG = 20_001
"""One sign more than a written answer may have."""


def _stay(page: Page) -> None:
    """Do nothing: the page as it opens is what is looked at."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page as somebody sees it."""

    name: str
    """Also the name of its file."""
    path: str
    """The address, from the root of the site."""
    act: Callable[[Page], None] = _stay
    """What she does there first, without reading a word: the page may be in any language."""
    ready: str = "h1"
    """What is there once the page is; a CSS selector."""
    part: str = ""
    """What of a long page is drawn; a CSS selector."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What one person sees; without an account: what a stranger sees."""

    role: str
    account: Account | None
    screens: tuple[Screen, ...] = field(default=())


def _send(selector: str) -> Callable[[Page], None]:
    """Press the button of a form and wait for the next page."""

    def act(page: Page) -> None:
        with page.expect_navigation():
            page.locator(selector).click()

    return act


def _wrong_passphrase(page: Page) -> None:
    page.locator("[name=username]").fill("nobody-here")
    page.locator("[name=password]").fill("not the passphrase")
    _send("main form button")(page)


def write_at_length(page: Page) -> None:
    """Write more into the last essay than is taken, in a browser that does not count."""
    essay = page.locator("main textarea").last
    essay.evaluate("node => node.removeAttribute('maxlength')")
    essay.fill("x" * TOO_LONG)


def _answer_at_length(page: Page) -> None:
    write_at_length(page)
    _send("button[value=review]")(page)


def _practise(page: Page) -> None:
    page.locator("form.practice input:not([type=hidden])").first.check()
    _send("form.practice >> nth=0 >> button")(page)


def _wrong_code(page: Page) -> None:
    page.locator("[name=code]").fill("000000")
    _send("main form button")(page)


def simulation(app: str) -> str:
    """Return the address of a simulation, as its lesson leads to it."""
    module, lesson = SIMULATIONS[app].split("/")
    return f"{RENDER}/{app}.ipynb?cohort={COHORT}&module={module}&lesson={lesson}"


def prepare(
    base_url: str, people: Mapping[str, Account], assessment: Assessment, *, newcomer: str, participant: str
) -> tuple[Walk, ...]:
    """Let a session open, and the participant answer, check in and get her feedback; then return everybody's walk."""
    with visit(base_url, people[FACILITATORS[0]]) as host:
        session = plan_session(host, "Live session, today", clock.now() - timedelta(minutes=5))
        host.send("/open")
        code = host.api(f"/c/{COHORT}/sessions/{session}/register")["code"]
        with visit(base_url, people[participant]) as visitor:
            receipt = _take_part(visitor, assessment, session, code)
        for step in ("collect", "autograde", "feedback"):
            host.ask_and_wait(COHORT, ASSESSMENT, step)
    return (
        Walk("stranger", None, _public()),
        Walk("newcomer", people[newcomer], _first_steps(session)),
        Walk("participant", people[participant], _participants(session, receipt)),
        Walk("facilitator", people[FACILITATORS[0]], _facilitators(session)),
        Walk("coordinator", people[COORDINATOR], _coordinators()),
    )


def _take_part(visitor: Visitor, assessment: Assessment, session: str, code: str) -> str:
    """Check in and send answers; return the number of the receipt."""
    visitor.open(f"/c/{COHORT}/sessions/{session}/check-in")
    visitor.send("/check-in", {"code": code, "naming": "pseudonym"})
    answers = answers_of("salma-velunia", assessment)
    fields = {"then": ["review"]}
    for question in assessment.questions:
        fields |= to_fields(question, answers.get(question.id))
    visitor.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
    visitor.send("/save", fields)
    visitor.send("/submit")
    return visitor.address.rsplit("/", maxsplit=1)[-1]


def _public() -> tuple[Screen, ...]:
    return (
        Screen("sign-in", "/hub/login"),
        Screen("sign-in-refused", "/hub/login", _wrong_passphrase),
        Screen("sign-up", "/hub/signup"),
        Screen("new-passphrase", "/hub/reset"),
        Screen("help", f"{SERVICE}/help"),
        Screen("settings", f"{SERVICE}/settings"),
        Screen("away", f"{SERVICE}/away"),
        Screen("no-such-page", f"{SERVICE}/nothing-here"),
        Screen("no-such-page-of-the-hub", "/hub/nothing-here"),
    )


def _first_steps(session: str) -> tuple[Screen, ...]:
    return (
        Screen("home", COURSE_PAGE),
        Screen("lesson", LESSON),
        Screen("practice-feedback", LESSON, _practise, part="form.practice"),
        Screen("picture", f"{LESSON}/pictures/nine-points", ready="main"),
        Screen("assessment", FORM),
        Screen("assessment-problem", FORM, _answer_at_length),
        Screen("review", f"{FORM}/review"),
        Screen("check-in", f"{COURSE_PAGE}/sessions/{session}/check-in"),
        Screen("check-in-problem", f"{COURSE_PAGE}/sessions/{session}/check-in", _wrong_code),
    )


def _participants(session: str, receipt: str) -> tuple[Screen, ...]:
    return (
        Screen("home-with-results", COURSE_PAGE),
        Screen("review-of-answers", f"{FORM}/review"),
        Screen("receipt", f"{COURSE_PAGE}/submissions/{receipt}"),
        Screen("feedback", f"{FORM}/feedback"),
        Screen("checked-in", f"{COURSE_PAGE}/sessions/{session}/check-in"),
        Screen("pack", f"{COURSE_PAGE}/pack"),
        Screen("account", f"{SERVICE}/me"),
        Screen("details", f"{SERVICE}/me/details"),
        Screen("statistics", f"{COURSE_PAGE}/statistics"),
        Screen("hub-home", "/hub/home"),
        Screen("change-passphrase", "/hub/change-password"),
        Screen("second-factor", "/hub/two-factor"),
        Screen("not-open-to-you", f"{COURSE_PAGE}/facilitate"),
        *(Screen(app, simulation(app), ready=".cell button:visible") for app in SIMULATIONS),
        Screen(
            "interactive-assessment",
            f"{RENDER}/assessment.ipynb?cohort={COHORT}&assessment={ASSESSMENT}",
            ready="fieldset.question",
        ),
    )


def _facilitators(session: str) -> tuple[Screen, ...]:
    register = f"{COURSE_PAGE}/sessions/{session}/register"
    return (
        Screen("facilitate", f"{COURSE_PAGE}/facilitate"),
        Screen("sessions", f"{COURSE_PAGE}/sessions"),
        Screen("register", register),
        Screen("facilitators-assessment", f"{COURSE_PAGE}/facilitate/assessments/{ASSESSMENT}"),
        Screen("essays", f"{COURSE_PAGE}/facilitate/assessments/{ASSESSMENT}/essays", ready=".steps a"),
        Screen(
            "essay",
            f"{COURSE_PAGE}/facilitate/assessments/{ASSESSMENT}/essays",
            act=lambda page: page.locator(".steps a").first.click(),
            ready="fieldset.question",
        ),
        Screen("how-questions-did", f"{COURSE_PAGE}/facilitate/assessments/{ASSESSMENT}/items"),
        Screen("guide", f"{COURSE_PAGE}/facilitate/guides/what-we-protect"),
        Screen("numbers", f"{COURSE_PAGE}/numbers"),
        Screen("figure", f"{COURSE_PAGE}/numbers/sessions"),
        Screen(
            "interactive-register",
            f"{RENDER}/attendance.ipynb?cohort={COHORT}&session={session}",
            ready=".code-display",
        ),
    )


def _coordinators() -> tuple[Screen, ...]:
    return (
        Screen("programme", f"{SERVICE}/programme"),
        Screen("programme-numbers", f"{COURSE_PAGE}/numbers"),
    )
