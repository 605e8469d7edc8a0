"""The whole path in a real browser on a small phone: as participant, facilitator, coordinator and outsider.

Every journey ends with the same question: did anything go to another host? The browser can resolve no foreign name,
and still every request it tried is written down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from academy import clock
from academy.content.answers import to_fields
from academy.content.catalogue import load
from academy.content.model import Assessment
from academy.content.scoring import answer_key
from academy.demo.answers import ESSAY
from academy.demo.cast import COHORT, FACILITATORS, Account
from academy.demo.programme import ASSESSMENT, plan_session
from academy.demo.visitor import SERVICE, Visitor
from tests.integration.conftest import Academy, Person

pytestmark = [pytest.mark.hub, pytest.mark.browser]

HOST = FACILITATORS[1]
PASSPHRASE = "four plain words together"


@pytest.fixture
def assessment(academy: Academy) -> Assessment:
    """Return the assessment that the demo's cohort takes."""
    return load(academy.config.content).assessment(ASSESSMENT)


@pytest.fixture
def host(academy: Academy) -> Iterator[Visitor]:
    """Sign the second facilitator in, without a browser."""
    with academy.visit(HOST) as visitor:
        yield visitor


def invitation(host: Visitor) -> str:
    """Let the facilitator make an invitation for one."""
    host.open(f"/c/{COHORT}/facilitate")
    host.send("/facilitate/invitations", {"seats": "1"})
    found = host.page.select_one(".code-display")
    assert found is not None
    return found.get_text(strip=True)


def fill_in(person: Person, assessment: Assessment) -> None:
    """Answer every question with its key, through the controls that a person sees."""
    for question in assessment.questions:
        answer = ESSAY if question.type == "essay" else answer_key(question)
        for name, values in to_fields(question, answer).items():
            for value in values:
                control = person.page.locator(f'[name="{name}"]')
                kind = control.first.evaluate("node => node.type")
                if kind in {"radio", "checkbox"}:
                    person.page.locator(f'[name="{name}"][value="{value}"]').check()
                elif kind == "select-one":
                    control.select_option(value)
                else:
                    control.fill(value)


def grade_everything(host: Visitor) -> None:
    """Take the steps of marking up to feedback."""
    for step in ("collect", "autograde", "feedback"):
        host.ask_and_wait(COHORT, ASSESSMENT, step)


def test_a_newcomer_goes_the_whole_way_without_javascript(
    academy: Academy, person: Callable[..., Person], host: Visitor, assessment: Assessment
) -> None:
    """Invitation, lesson, practice, assessment, receipt, check-in, feedback: a browser without scripts is enough."""
    newcomer = person(javascript=False)
    page = newcomer.page
    newcomer.open("/hub/signup")
    page.get_by_label("Invitation code").fill(invitation(host).upper())
    page.get_by_label("User name").fill("quiet-reader")
    page.get_by_label("New passphrase").fill(PASSPHRASE)
    page.get_by_label("The same passphrase again").fill(PASSPHRASE)
    newcomer.press("Create my account")
    assert newcomer.sees("Week 1 of 4")

    newcomer.follow("Go on")
    assert page.get_by_role("heading", name="Nine points", exact=True).is_visible()
    practice = page.locator("form.practice").first
    practice.locator("input").last.check()
    practice.get_by_role("button").click()
    assert page.locator(".feedback").first.is_visible()
    newcomer.press("Mark as done and go on")
    assert page.get_by_role("heading", level=1).inner_text() != "Nine points"

    newcomer.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
    assert newcomer.sees("Please send by")
    fill_in(newcomer, assessment)
    newcomer.press("Save and stay here")
    assert newcomer.sees("Saved ")
    newcomer.press("Check my answers before sending")
    assert newcomer.sees("Every question has an answer.")
    newcomer.press("Send my answers")
    assert newcomer.sees("Your answers have arrived")
    assert re.search(r"[a-z0-9]{4}-[a-z0-9]{4}", page.locator(".receipt").inner_text())

    session = plan_session(host, "Evening session", clock.now())
    host.send("/open")
    newcomer.open(f"/c/{COHORT}")
    newcomer.follow("Check in")
    page.get_by_label("The six digits that were read out").fill("000 000")
    newcomer.press("Check in")
    assert page.get_by_role("alert").is_visible()
    code = host.api(f"/c/{COHORT}/sessions/{session}/register")["code"]
    page.get_by_label("The six digits that were read out").fill(f"{code[:3]} {code[3:]}")
    newcomer.press("Check in")
    assert newcomer.sees("You are in")

    grade_everything(host)
    newcomer.open(f"/c/{COHORT}")
    newcomer.follow("What are we protecting, and from whom?: read the feedback")
    assert newcomer.sees("8 of 28 points so far")
    assert newcomer.sees("Planning starts from what you protect")
    newcomer.follow("Sign out")
    assert newcomer.elsewhere == []


def test_a_participant_plays_the_budget_game_and_answers_interactively(
    academy: Academy, person: Callable[..., Person], assessment: Assessment
) -> None:
    """The simulation computes in a kernel of her own; the assessment saves by itself and gives a receipt."""
    account = academy.of_role("participant")[-1]
    salma = person(account.username)
    page = salma.page
    salma.open(f"/c/{COHORT}/lessons/what-we-protect/nine-points")
    salma.follow("Open the interactive page")
    cards = page.get_by_role("checkbox")
    expect(cards).to_have_count(14, timeout=60_000)
    for name in ("Cameras at the office", "A paid VPN for all 15 people"):
        page.get_by_role("checkbox", name=re.compile(name)).check()
    expect(page.get_by_text("7 of 9 points spent")).to_be_visible(timeout=20_000)

    salma.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
    salma.follow("Answer on the interactive page")
    expect(page.locator('[name="DS1.3"]')).to_be_visible(timeout=60_000)
    fill_in(salma, assessment)
    page.locator('[name="DS1.3"]').press("Tab")
    expect(page.get_by_text(re.compile(r"Saved \d\d:\d\d")).first).to_be_visible(timeout=20_000)
    salma.press("Check and send")
    salma.press("Send my answers")
    expect(page.get_by_text("Receipt number").first).to_be_visible(timeout=20_000)
    with academy.visit(account.username) as visitor:
        attempts = visitor.api(f"/c/{COHORT}/assessments/{ASSESSMENT}")["attempts"]
    assert attempts[-1]["number"] in page.inner_text("body")
    assert salma.elsewhere == []


def test_a_facilitator_runs_a_live_session(academy: Academy, person: Callable[..., Person], host: Visitor) -> None:
    """Plan, open, mark by hand, correct with a reason, and watch the register follow."""
    anika = person(HOST, wide=True)
    page = anika.page
    anika.follow("Live sessions")
    page.get_by_label("Title").fill("Morning session")
    now = clock.now()
    page.get_by_label("Date").fill(f"{now:%Y-%m-%d}")
    page.get_by_label("Starts at").fill(f"{now:%H:%M}")
    page.get_by_label("Length in minutes").fill("60")
    page.get_by_label("Time zone").fill("UTC")
    anika.press("Plan the session")
    anika.press("Open check-in")
    assert re.search(r"\d{3}\s?\d{3}", page.locator(".code-display").inner_text())
    session = page.url.split("/sessions/")[1].split("/")[0]

    first, second = academy.of_role("participant")[:2]
    anika.follow("Open the live register")
    row = row_of(anika, first)
    expect(row).to_be_visible(timeout=60_000)
    row.get_by_role("button", name="Present").click()
    expect(page.get_by_text("1 of 3")).to_be_visible(timeout=20_000)
    self_check_in(academy, host, second, session)
    expect(page.get_by_text("2 of 3")).to_be_visible(timeout=20_000)
    row = row_of(anika, second)
    row.get_by_text("History and correction").click()
    row.get_by_label("Status").select_option("excused")
    row.get_by_label("Why").fill("Left at once: power cut")
    row.get_by_role("button", name="Save the correction").click()
    expect(row_of(anika, second).locator(".row-name")).to_contain_text("Excused", timeout=20_000)
    found = {one["username"]: one for one in host.api(f"/c/{COHORT}/sessions/{session}/register")["rows"]}
    assert found[first.username]["status"] == "present"
    assert [claim["source"] for claim in found[second.username]["claims"]] == ["self", "correction"]

    assert anika.elsewhere == []


def test_a_facilitator_marks_in_formgrader_and_releases_feedback(
    academy: Academy, person: Callable[..., Person]
) -> None:
    """Collect, mark automatically, mark an essay by hand in nbgrader's own page, release, read the numbers."""
    submit_an_essay(academy, academy.of_role("participant")[0])
    anika = person(HOST, wide=True)
    page = anika.page
    anika.open(f"/c/{COHORT}/facilitate/assessments/{ASSESSMENT}")
    page.get_by_role("button", name=re.compile("^Collect")).first.click()
    expect(page.get_by_role("button", name="Mark automatically")).to_be_visible(timeout=60_000)
    anika.press("Mark automatically")
    by_hand = page.get_by_role("link", name="Mark by hand in formgrader")
    expect(by_hand).to_be_visible(timeout=60_000)
    by_hand.click()
    page.wait_for_url("**/formgrader/gradebook/**", timeout=60_000)
    grade_an_essay(anika)
    anika.open(f"/c/{COHORT}/facilitate/assessments/{ASSESSMENT}")
    page.get_by_role("button", name=re.compile("Release feedback")).first.click()
    expect(page.get_by_role("status")).to_have_count(0, timeout=60_000)

    anika.open(f"/c/{COHORT}/numbers")
    assert anika.sees("Internal figures")
    with page.expect_download() as download:
        anika.follow("Save as a CSV file")
    assert download.value.suggested_filename.endswith(".csv")
    assert anika.elsewhere == []


def row_of(person: Person, account: Account) -> Locator:
    """Return the register's row of somebody."""
    return person.page.locator("ul.rows > li").filter(has_text=account.username)


def self_check_in(academy: Academy, host: Visitor, account: Account, session: str) -> None:
    """Check somebody in by the spoken code."""
    code = host.api(f"/c/{COHORT}/sessions/{session}/register")["code"]
    with academy.visit(account.username) as visitor:
        visitor.open(f"/c/{COHORT}/sessions/{session}/check-in")
        visitor.send("/check-in", {"code": code, "naming": "pseudonym"})


def submit_an_essay(academy: Academy, account: Account) -> None:
    """Send an essay, so that something waits for a person's mark."""
    with academy.visit(account.username) as visitor:
        visitor.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
        visitor.send("/save", {"DS1-A": ESSAY, "then": "review"})
        visitor.send("/submit")


def grade_an_essay(person: Person) -> None:
    """Open a submission that waits, give its essay points, and see that formgrader kept them."""
    page = person.page
    page.locator("a[href*='/formgrader/submissions/']").first.click()
    page.wait_for_url("**/formgrader/submissions/**")
    score = page.locator("input.score").last
    expect(score).to_be_visible(timeout=30_000)
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT") as saved:
        score.fill("15")
        score.press("Tab")
    assert saved.value.json()["manual_score"] == 15


def test_a_coordinator_reads_the_numbers_and_nobodys_work(academy: Academy, person: Callable[..., Person]) -> None:
    """She sees the programme; the cohort's register and submissions are not open to her."""
    ilse = person("ilse-marand")
    assert ilse.page.get_by_role("heading", name="Programme").is_visible()
    ilse.follow("River delta group")
    assert ilse.sees("Internal figures")
    ilse.open(f"/c/{COHORT}/sessions")
    assert ilse.sees("This page is not open to you")
    assert ilse.elsewhere == []


def test_the_outsider_gets_no_further_than_a_kind_refusal(academy: Academy, person: Callable[..., Person]) -> None:
    """His account is real; nothing opens, in either service, and he is told what to do."""
    davit = person()
    (account,) = academy.of_role("outsider")
    page = davit.page
    page.goto(academy.url)
    page.get_by_label("User name").fill(account.username)
    page.get_by_label("Passphrase").fill(account.password)
    davit.press("Sign in")
    for path in ("/", f"/c/{COHORT}", f"/c/{COHORT}/lessons/what-we-protect/nine-points"):
        answer = page.goto(f"{academy.url}{SERVICE}{path}")
        assert answer is not None
        assert answer.status == 403
    answer = page.goto(f"{academy.url}/services/interactive/voila/render/threat-budget.ipynb")
    assert answer is not None
    assert answer.status == 403
    assert davit.elsewhere == []


def test_help_is_readable_without_signing_in_and_leaves_no_entry(
    academy: Academy, person: Callable[..., Person]
) -> None:
    """One tap from every page, and no line in any log."""
    stranger = person(javascript=False)
    log = academy.config.home / "logs" / "academy.log"
    before = log.read_text().count("/help")
    stranger.open("/help")
    assert stranger.sees("If you are in danger now")
    stranger.follow("Leave quickly")
    assert stranger.page.title() == "Conversion table"
    assert log.read_text().count("/help") == before
    assert stranger.elsewhere == []
