"""The interactive pages in the whole academy: real sign-in, real rights, real answers, a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import psutil
import pytest
from playwright.sync_api import expect

from academy.demo.cast import COHORT, FACILITATORS, OUTSIDER
from academy.demo.programme import ASSESSMENT, plan_session
from tests.integration.conftest import Academy, Person

pytestmark = [pytest.mark.hub, pytest.mark.browser]

Make = Callable[..., Person]
RENDER = "/services/interactive/voila/render"
GAME = f"{RENDER}/threat-budget.ipynb?cohort={COHORT}&module=what-we-protect&lesson=nine-points"
SITTING = f"{RENDER}/assessment.ipynb?cohort={COHORT}&assessment={ASSESSMENT}"


def participants(academy: Academy) -> list[str]:
    """Return user names of participants, the last first: other tests begin at the other end."""
    return [account.username for account in academy.of_role("participant")][::-1]


def test_a_lesson_leads_to_its_game_and_back(academy: Academy, person: Make) -> None:
    """The link of the lesson opens the game, the game's link leads back to the lesson; nothing comes from elsewhere."""
    learner = person(participants(academy)[0])
    learner.open(f"/c/{COHORT}/lessons/what-we-protect/nine-points")
    learner.follow("Open the interactive page")
    for card in ("Encrypt the laptop", "Agree with Salma", "A plan without internet", "An encrypted copy"):
        learner.page.get_by_role("checkbox", name=card).check()
    learner.press("Show what my four cards do")
    expect(learner.page.locator(".sum")).to_contain_text("100 before")
    learner.follow("Back to the lesson")
    learner.page.wait_for_url("**/lessons/what-we-protect/nine-points")
    assert learner.elsewhere == []
    assert learner.violations == []


def test_an_assessment_is_taken_in_either_form(person: Make, newcomer: Callable[[], str]) -> None:
    """A draft of the interactive page stands in the plain form, and a receipt comes after sending."""
    learner = person(newcomer())
    learner.open(SITTING)
    answer = learner.page.get_by_label("Safest for what, and against whom?")
    answer.check()
    learner.page.get_by_label("Your answer").last.fill("<script>document.title='taken'</script> My plan")
    expect(learner.page.locator(".sticky")).to_contain_text("Saved")
    learner.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
    expect(answer).to_be_checked()
    expect(learner.page.locator("textarea").last).to_have_value("<script>document.title='taken'</script> My plan")
    learner.open(SITTING)
    expect(answer).to_be_checked()
    learner.press("Check and send")
    expect(learner.page.get_by_text("2 of 8 questions have an answer.")).to_be_visible()
    learner.press("Send my answers")
    number = learner.page.locator(".receipt dd").nth(1).inner_text()
    learner.open(f"/c/{COHORT}/submissions/{number}")
    assert learner.sees(number)
    assert learner.page.title() != "taken"
    assert learner.elsewhere == []


def test_an_answer_outlives_the_death_of_the_academy_service(
    academy: Academy, person: Make, newcomer: Callable[[], str]
) -> None:
    """The page says that it is not saved yet, keeps the answer, and saves it when somebody answers again."""
    learner = person(newcomer())
    learner.open(SITTING)
    answer = learner.page.get_by_label("The statements exist in one copy only.")
    answer.wait_for()
    for process in psutil.process_iter(["cmdline", "environ"]):
        words, environ = process.info["cmdline"] or [], process.info["environ"] or {}
        if "academy.web" in words and environ.get("ACADEMY_HOME") == str(academy.config.home):
            process.kill()
    answer.check()
    expect(learner.page.locator(".sticky")).to_contain_text("Saved", timeout=60_000)
    learner.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
    expect(answer).to_be_checked()


def test_the_register_is_kept_live(academy: Academy, person: Make) -> None:
    """A check-in appears by itself; marks and corrections stand in the plain register and in the history."""
    with academy.visit(FACILITATORS[0]) as host:
        session = plan_session(host, f"Interactive {datetime.now(UTC):%H:%M:%S}", datetime.now(UTC))
        host.send("/open")
    facilitator = person(FACILITATORS[0])
    page = facilitator.page
    facilitator.open(f"{RENDER}/attendance.ipynb?cohort={COHORT}&session={session}")
    code = page.locator(".code-display").inner_text().replace(" ", "")
    expect(page.locator(".here")).to_contain_text(re.compile(r"^0 of \d+ here"))
    arriving, by_hand = participants(academy)[3:5]
    with academy.visit(arriving) as learner:
        learner.open(f"/c/{COHORT}/sessions/{session}/check-in")
        learner.send("/check-in", {"code": code, "naming": "pseudonym"})
    expect(page.locator(".here")).to_contain_text(re.compile(r"^1 of \d+ here"), timeout=15_000)
    page.get_by_role("group", name=f"Mark {by_hand}").get_by_role("button", name="Excused").click()
    expect(page.get_by_text(f"{by_hand}: excused.")).to_be_visible()
    row = page.locator(".rows > li").filter(has_text=by_hand)
    row.locator("summary").click()
    row.get_by_label("Status").select_option("Present")
    row.get_by_label("Why").fill("Came by telephone")
    row.get_by_role("button", name="Save the correction").click()
    expect(page.locator(".here")).to_contain_text(re.compile(r"^2 of \d+ here"), timeout=15_000)
    row.locator("summary").click()
    expect(row.locator(".claims")).to_contain_text("Came by telephone")
    with academy.visit(FACILITATORS[0]) as host:
        rows = host.api(f"/c/{COHORT}/sessions/{session}/register")["rows"]
    statuses = {row["username"]: row["status"] for row in rows}
    assert (statuses[arriving], statuses[by_hand]) == ("present", "present")
    assert facilitator.elsewhere == []
    assert facilitator.violations == []


@pytest.mark.parametrize("app", ["threat-budget", "assessment", "attendance"])
def test_the_outsider_is_refused_on_every_page(academy: Academy, person: Make, app: str) -> None:
    """An account without a place opens nothing."""
    outsider = person()
    outsider.page.goto(academy.url)
    outsider.page.get_by_label("User name").fill(OUTSIDER)
    outsider.page.get_by_label("Passphrase").fill(academy.people[OUTSIDER].password)
    outsider.press("Sign in")
    query = f"cohort={COHORT}&assessment={ASSESSMENT}&session=0"
    answer = outsider.page.goto(f"{academy.url}{RENDER}/{app}.ipynb?{query}")
    assert answer is not None
    assert answer.status == 403


def test_a_participant_does_not_open_the_register(academy: Academy, person: Make) -> None:
    """The register is the facilitator's."""
    learner = person(participants(academy)[0])
    answer = learner.page.goto(f"{academy.url}{RENDER}/attendance.ipynb?cohort={COHORT}&session=0")
    assert answer is not None
    assert answer.status == 403
    assert learner.sees("This page is not open to you")
