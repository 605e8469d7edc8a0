"""What a participant does, with JavaScript off where test_journey.py does not do it, and with the keyboard alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from academy import clock
from academy.content.answers import to_fields
from academy.content.catalogue import load
from academy.content.model import Assessment
from academy.content.scoring import answer_key
from academy.demo.cast import COHORT, FACILITATORS
from academy.demo.programme import ASSESSMENT, plan_session
from tests.integration.conftest import Academy, Person
from tests.screens import SIMULATIONS, simulation, write_at_length

pytestmark = [pytest.mark.hub, pytest.mark.browser]

FORM = f"/c/{COHORT}/assessments/{ASSESSMENT}"
LESSON = f"/c/{COHORT}/lessons/what-we-protect/nine-points"
ESSAY = "The list of names first."
FOCUS = """() => {
    const node = document.activeElement;
    const box = node.getClientRects()[0];
    if (node === document.body || !box) return "nothing is in focus";
    const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
    const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
    if (right - left < 1 || bottom - top < 1) return `off the screen: ${node.outerHTML.slice(0, 120)}`;
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (!node.contains(above) && !above?.contains(node)) return `hidden: ${node.outerHTML.slice(0, 120)}`;
    const ring = getComputedStyle(node);
    const marked = ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2;
    return marked ? "" : `no ring: ${node.outerHTML.slice(0, 120)}`;
}"""
CONTROL = """() => {
    const node = document.activeElement;
    return {name: node.name ?? "", value: node.value ?? "", type: node.type ?? "", text: node.innerText ?? ""};
}"""
MOST_TABS = 200
STOPS = 24
"""At most so many stops into each simulation; a short one ends before, with the last link of the page's foot."""
LINKS_OF_THE_FRAME = 7


@pytest.fixture
def assessment(academy: Academy) -> Assessment:
    """Return the assessment that the demo's cohort takes."""
    return load(academy.config.content).assessment(ASSESSMENT)


def key_of(assessment: Assessment) -> dict[str, list[str]]:
    """Return the form's fields, filled with the key."""
    fields: dict[str, list[str]] = {}
    for question in assessment.questions:
        fields |= to_fields(question, ESSAY if question.type == "essay" else answer_key(question))
    return fields


# --- without JavaScript ---


def test_an_answer_that_is_too_long_is_explained_and_nothing_else_is_lost(
    person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """The page comes back with one sentence, the choice beside it stays, and so does what was written before."""
    reader = person(newcomer(), javascript=False)
    page = reader.page
    reader.open(FORM)
    radio = page.locator("main input[type=radio]").first
    radio.check()
    write_at_length(page)
    reader.press("Check my answers before sending")
    expect(page.get_by_role("alert")).to_contain_text("20000 is the most")
    expect(radio).to_be_checked()
    page.locator("main textarea").last.fill(ESSAY)
    reader.press("Check my answers before sending")
    assert page.url.endswith("/review")
    assert reader.sees(ESSAY)


def test_the_course_goes_along_as_a_file_and_answers_come_back_as_one(
    person: Callable[..., Person], newcomer: Callable[[], str], assessment: Assessment, tmp_path: Path
) -> None:
    """Settings, the pack, a file of answers written elsewhere, the receipt, and the name on her account."""
    reader = person(newcomer(), javascript=False)
    page = reader.page
    reader.open(f"/c/{COHORT}")
    reader.follow("Data and this device")
    page.get_by_label("As little as possible").check()
    reader.press("Keep these settings")
    reader.follow("Take the whole course along")
    with page.expect_download() as download:
        reader.follow("English")
    with zipfile.ZipFile(download.value.path()) as pack:
        assert any(name.endswith("nine-points.html") for name in pack.namelist())

    saved = {
        "academy": "answers",
        "version": 1,
        "assessment": ASSESSMENT,
        "id": "0123456789abcdef" * 2,
        "saved_at": clock.now().isoformat(),
        "fields": key_of(assessment),
    }
    file = tmp_path / f"{ASSESSMENT}-answers.json"
    file.write_text(json.dumps(saved), encoding="utf-8")
    page.get_by_label("The file that was saved in the pack").set_input_files(file)
    reader.press("Hand in these answers")
    assert reader.sees("Your answers have arrived")
    page.locator("summary").first.click()
    assert reader.sees(ESSAY)

    reader.follow("My account")
    page.locator('[name="display_name"]').fill("Reader at home")
    page.locator('form:has([name="display_name"]) button').click()
    expect(page.locator('[name="display_name"]')).to_have_value("Reader at home")
    assert reader.elsewhere == []


# --- with the keyboard alone ---


class Keyboard:
    """Somebody who has no mouse and no touch screen, and looks for the focus after each key."""

    def __init__(self, person: Person) -> None:
        self.page = person.page

    def next(self) -> dict[str, str]:
        """Go to the next control and return what it is; it can be seen, and it is marked."""
        self.page.keyboard.press("Tab")
        assert self.page.evaluate(FOCUS) == ""
        return self.page.evaluate(CONTROL)

    def reach(self, text: str) -> None:
        """Go on to the control that says this."""
        found = (self.next() for _ in range(MOST_TABS))
        assert any(text in (control["text"] or control["value"]) for control in found), f"no way to {text}"

    def press(self, text: str) -> None:
        """Go to a link or a button and use it."""
        self.reach(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, key: str, value: str) -> None:
        """Press a key until the control in focus has this value."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(CONTROL)["value"] == value:
                return
            self.page.keyboard.press(key)
            assert self.page.evaluate(FOCUS) == ""
        pytest.fail(f"no way to {value}")

    def answer(self, fields: dict[str, list[str]], *, until: str) -> None:
        """Answer control after control with these values until the button that says so; use it."""
        left = dict(fields)
        for _ in range(MOST_TABS):
            control = self.next()
            if until in control["text"]:
                break
            values = left.get(control["name"], [])
            match control["type"]:
                case "checkbox" if control["value"] in values:
                    self.page.keyboard.press("Space")
                case "radio" if values:
                    self.choose("ArrowDown", values[0])
                    if not self.page.evaluate("document.activeElement.checked"):
                        self.page.keyboard.press("Space")
                case "select-one" if values:
                    self.choose("ArrowDown", values[0])
                case "text" | "textarea" if values:
                    self.page.keyboard.type(values[0])
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def test_the_first_stop_of_every_page_skips_to_its_text(
    person: Callable[..., Person], newcomer: Callable[[], str]
) -> None:
    """And from there the next stop is in the text."""
    reader = person(newcomer())
    keyboard = Keyboard(reader)
    for path in (f"/c/{COHORT}", LESSON, FORM, "/help", "/settings", "/hub/home"):
        reader.open(path)
        assert keyboard.next()["text"] == "Skip to the text"
        reader.page.keyboard.press("Enter")
        keyboard.next()
        assert reader.page.evaluate("document.activeElement.closest('main') !== null"), path


@pytest.mark.parametrize("app", SIMULATIONS)
def test_in_a_simulation_the_focus_is_always_seen(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str], app: str
) -> None:
    """Also where a line stays on the screen: nothing in focus is behind it."""
    player = person(newcomer())
    player.page.goto(academy.url + simulation(app))
    expect(player.page.locator(".cell button:visible").first).to_be_visible(timeout=60_000)
    keyboard, stops = Keyboard(player), []
    while len(stops) < STOPS and "Who sees what" not in "".join(stops[-1:]):
        stops.append(keyboard.next()["text"])
    assert len(stops) > LINKS_OF_THE_FRAME


def test_the_whole_way_needs_no_mouse(
    academy: Academy, person: Callable[..., Person], newcomer: Callable[[], str], assessment: Assessment
) -> None:
    """Lesson, practice, every type of question, order and match too, sending, check-in: the focus is always seen."""
    reader = person(newcomer())
    page, keyboard = reader.page, Keyboard(reader)
    reader.open(f"/c/{COHORT}")
    keyboard.press("Go on")
    practice = page.locator("form.practice").first
    name = practice.locator("input:not([type=hidden])").first.get_attribute("name") or ""
    value = practice.locator("input:not([type=hidden])").last.get_attribute("value") or ""
    keyboard.answer({name: [value]}, until="See what this means")
    expect(page.locator(".feedback").first).to_be_visible()
    keyboard.press("Mark as done and go on")

    reader.open(FORM)
    keyboard.answer(key_of(assessment), until="Check my answers before sending")
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    keyboard.press("Send my answers")
    assert reader.sees("Your answers have arrived")

    with academy.visit(FACILITATORS[1]) as host:
        session = plan_session(host, "Session by keyboard", clock.now())
        host.send("/open")
        code = host.api(f"/c/{COHORT}/sessions/{session}/register")["code"]
    reader.open(f"/c/{COHORT}/sessions/{session}/check-in")
    keyboard.answer({"code": [code], "naming": ["count"]}, until="Check in")
    assert reader.sees("You are in")
    assert reader.violations == []
