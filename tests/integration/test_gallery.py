"""Every stock control in a real browser, both ways: to the kernel what a person does, to the page what the kernel says.

The gallery stands in the place of a page of ours, in the service as it is: same scripts, same policy, same routes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.test_interactive_service import GAME, Service, serving

pytestmark = [pytest.mark.hub, pytest.mark.browser]

GALLERY = Path(__file__).parents[1] / "gallery" / "page.py"


class Visit:
    """The gallery in a browser."""

    def __init__(self, service: Service, browser: Browser) -> None:
        self.context = browser.new_context(viewport={"width": 360, "height": 740})
        self.context.add_cookies([{"name": "who", "value": "salma", "url": service.hub}])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(service.url(GAME))
        self.kernel = self.page.get_by_role("button", name="Let the kernel answer")
        self.kernel.wait_for()

    def case(self, name: str) -> Locator:
        """Return a control."""
        return self.page.locator(f".case-{name}")

    def said(self, name: str) -> Locator:
        """Return what the kernel says about a control."""
        return self.page.locator(f".said-{name}")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start the service with the gallery as its game."""
    home = tmp_path_factory.mktemp("gallery")
    with serving(home, {"threat-budget": GALLERY.read_text(encoding="utf-8")}) as service:
        yield service


@pytest.fixture(scope="module")
def visit(service: Service, browser: Browser) -> Iterator[Visit]:
    """Open the gallery for somebody who uses its controls."""
    visit = Visit(service, browser)
    yield visit
    visit.context.close()


@pytest.fixture(scope="module")
def answered(service: Service, browser: Browser) -> Iterator[Visit]:
    """Open the gallery anew, and let the kernel change everything."""
    visit = Visit(service, browser)
    visit.kernel.click()
    visit.page.get_by_role("button", name="The kernel has answered").wait_for()
    yield visit
    visit.context.close()


def press(key: str, *, name: str) -> Callable[[Page], None]:
    """Press a key on the handle of a slider."""

    def act(page: Page) -> None:
        page.get_by_role("slider", name=name, exact=True).focus()
        page.keyboard.press(key)

    return act


def typed(label: str, text: str) -> Callable[[Page], None]:
    """Write into a field and leave it."""

    def act(page: Page) -> None:
        field = page.get_by_label(label, exact=True).first
        field.fill(text)
        field.press("Tab")

    return act


def tagged(tag: str) -> Callable[[Page], None]:
    """Add a tag."""

    def act(page: Page) -> None:
        page.locator(".case-tags").click()
        page.keyboard.type(tag)
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

    return act


def chosen(label: str, *options: str) -> Callable[[Page], None]:
    """Choose in a list."""

    def act(page: Page) -> None:
        page.get_by_label(label, exact=True).select_option(list(options))

    return act


def clicked(role: str, name: str) -> Callable[[Page], None]:
    """Click on what a screen reader calls so."""
    return lambda page: page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]


BY_HAND = {
    "toggle-button": (clicked("button", "Toggle"), "True"),
    "toggle-buttons": (
        lambda page: page.get_by_role("group", name="Toggles").get_by_role("button", name="green").click(),
        "'green'",
    ),
    "checkbox": (lambda page: page.get_by_role("checkbox", name="Check").check(), "True"),
    "radio": (
        lambda page: page.get_by_role("radiogroup", name="Radio").get_by_role("radio", name="green").check(),
        "'green'",
    ),
    "dropdown": (chosen("Dropdown", "green"), "'green'"),
    "select": (chosen("Select", "green"), "'green'"),
    "select-multiple": (chosen("Several", "red", "green"), "('red', 'green')"),
    "selection-slider": (press("ArrowRight", name="Colour slider"), "'green'"),
    "combobox": (typed("Combobox", "green"), "'green'"),
    "int-slider": (press("ArrowRight", name="Int slider"), "1"),
    "float-slider": (press("ArrowRight", name="Float slider"), "0.5"),
    "log-slider": (press("ArrowRight", name="Log slider"), "100.0"),
    "int-range": (press("ArrowRight", name="Int range, from"), "(21, 60)"),
    "float-range": (press("ArrowLeft", name="Float range, to"), "(2.0, 5.5)"),
    "int-text": (typed("Int text", "5"), "5"),
    "bounded-float-text": (typed("Float text", "2.5"), "2.5"),
    "text": (typed("Text", "مرحبا"), "'مرحبا'"),
    "textarea": (typed("Textarea", "two\nlines"), r"'two\nlines'"),
    "password": (typed("Password", "four words"), "'four words'"),
    "date": (typed("Date", "2026-11-20"), "datetime.date(2026, 11, 20)"),
    "time": (typed("Time", "09:30"), "datetime.time(9, 30)"),
    "moment": (typed("Moment", "2026-11-21T09:30"), "datetime.datetime(2026, 11, 21, 9, 30)"),
    "colour": (typed("Colour", "#ff0000"), "'#ff0000'"),
    "tags": (tagged("more"), "['one', 'more']"),
    "play": (lambda page: page.locator(".case-play button").first.click(), "3"),
    "tabs": (clicked("tab", "Second"), "1"),
    "accordion": (clicked("button", "Third"), "0"),
    "button": (clicked("button", "Press"), "pressed"),
    "own": (clicked("button", "Count"), "1: [7, 8, 9]"),
}
"""Control -> what a person does, and what the kernel says that it got."""


@pytest.mark.parametrize("name", BY_HAND)
def test_what_a_person_does_reaches_the_kernel(visit: Visit, name: str) -> None:
    """Each control is found by the name that a screen reader says, and its value arrives."""
    act, expected = BY_HAND[name]
    act(visit.page)
    expect(visit.said(name)).to_have_text(expected)


def test_a_file_reaches_the_kernel_byte_by_byte(visit: Visit) -> None:
    """Bytes travel as bytes."""
    body = bytes(range(256))
    with visit.page.expect_file_chooser() as chooser:
        visit.page.get_by_role("button", name="Upload").click()
    chooser.value.set_files({"name": "a.bin", "mimeType": "application/octet-stream", "buffer": body})
    expect(visit.said("upload")).to_have_text(repr(body))


def test_messages_with_bytes_go_there_and_back(visit: Visit) -> None:
    """A widget of one's own asks with three bytes, and the kernel answers with them turned round."""
    visit.page.get_by_role("button", name="Ask with bytes").click()
    expect(visit.case("own").locator(".heard")).to_have_text("heard ask 3 2 1")


def test_a_callback_prints_into_its_output(visit: Visit) -> None:
    """Text and markup that a callback shows stand in the widget that listens."""
    visit.page.get_by_role("button", name="Print", exact=True).click()
    expect(visit.case("output")).to_contain_text("printed")
    expect(visit.case("output").locator("em")).to_have_text("displayed")


def test_a_mistake_in_a_callback_does_not_end_the_page(visit: Visit) -> None:
    """What fails in the kernel stays there: the page goes on, and nobody is shown a line of code."""
    visit.page.get_by_role("button", name="Fail", exact=True).click()
    visit.page.get_by_label("Text", exact=True).fill("still here")
    expect(visit.said("text")).to_have_text("'still here'")
    assert "ZeroDivisionError" not in visit.page.content()


def test_two_linked_controls_follow_each_other(visit: Visit) -> None:
    """A link between controls works in the browser, without the kernel."""
    visit.page.get_by_label("Linked").fill("5")
    visit.page.get_by_label("Linked").press("Tab")
    expect(visit.page.get_by_label("To this")).to_have_value("5")


def test_an_accordion_opens_by_keyboard(visit: Visit) -> None:
    """Its heads are buttons that say whether they are open."""
    head = visit.page.get_by_role("button", name="Fourth")
    expect(head).to_have_attribute("aria-expanded", "false")
    head.press("Enter")
    expect(head).to_have_attribute("aria-expanded", "true")
    expect(visit.page.get_by_text("four", exact=True)).to_be_visible()


def test_nothing_in_the_gallery_needs_more_than_the_policy_allows(visit: Visit, answered: Visit) -> None:
    """The last of those who use the gallery: no script complained, and no rule was broken."""
    assert visit.complaints == []
    assert answered.complaints == []


FROM_KERNEL: dict[str, Callable[[Visit], None]] = {
    "toggle-button": lambda v: expect(v.case("toggle-button")).to_have_attribute("aria-pressed", "true"),
    "toggle-buttons": lambda v: expect(v.page.get_by_role("button", name="blue", pressed=True)).to_be_visible(),
    "radio": lambda v: expect(v.page.get_by_role("radio", name="blue")).to_be_checked(),
    "dropdown": lambda v: expect(v.page.get_by_label("Dropdown")).to_have_value("blue"),
    "select": lambda v: expect(v.page.get_by_label("Select", exact=True)).to_have_value("blue"),
    "select-multiple": lambda v: expect(v.page.get_by_label("Several")).to_have_values(["red", "blue"]),
    "selection-slider": lambda v: expect(v.case("selection-slider")).to_contain_text("blue"),
    "combobox": lambda v: expect(v.page.get_by_label("Combobox")).to_have_value("blue"),
    "int-slider": lambda v: expect(slider(v, "Int slider")).to_have_attribute("aria-valuetext", "42"),
    "float-slider": lambda v: expect(slider(v, "Float slider")).to_have_attribute("aria-valuetext", "4.50"),
    "log-slider": lambda v: expect(v.case("log-slider")).to_contain_text("1.00e+3"),
    "int-range": lambda v: expect(slider(v, "Int range, to")).to_have_attribute("aria-valuetext", "40"),
    "float-range": lambda v: expect(slider(v, "Float range, from")).to_have_attribute("aria-valuetext", "3.5"),
    "int-text": lambda v: expect(v.page.get_by_label("Int text")).to_have_value("7"),
    "bounded-float-text": lambda v: expect(v.page.get_by_label("Float text")).to_have_value("3.5"),
    "text": lambda v: expect(v.page.get_by_label("Text", exact=True)).to_have_value("from the kernel"),
    "textarea": lambda v: expect(v.page.get_by_label("Textarea")).to_have_value("from\nthe kernel"),
    "password": lambda v: expect(v.page.get_by_label("Password")).to_have_value("other"),
    "date": lambda v: expect(v.page.get_by_label("Date", exact=True)).to_have_value("2026-12-24"),
    "time": lambda v: expect(v.page.get_by_label("Time", exact=True)).to_have_value("14:03"),
    "moment": lambda v: expect(v.page.get_by_label("Moment")).to_have_value("2026-11-21T12:00"),
    "colour": lambda v: expect(v.page.get_by_label("Colour", exact=True).first).to_have_value("#00ff00"),
    "tags": lambda v: expect(v.case("tags")).to_contain_text("two"),
    "int-progress": lambda v: expect(v.page.get_by_role("progressbar", name="Int progress")).to_have_attribute(
        "aria-valuenow", "30"
    ),
    "float-progress": lambda v: expect(v.page.get_by_role("progressbar", name="Float progress")).to_have_attribute(
        "aria-valuenow", "60"
    ),
    "html": lambda v: expect(v.case("html").locator("i")).to_have_text("new"),
    "label": lambda v: expect(v.case("label")).to_have_text("new"),
    "image": lambda v: expect(v.page.get_by_role("img", name="A dot")).to_have_js_property("naturalWidth", 1),
    "tabs": lambda v: expect(v.page.get_by_text("one", exact=True)).to_be_visible(),
    "accordion": lambda v: expect(v.page.get_by_text("four", exact=True)).to_be_visible(),
    "stack": lambda v: expect(v.page.get_by_text("six", exact=True)).to_be_visible(),
    "boxes": lambda v: expect(v.page.get_by_text("eight", exact=True)).to_have_count(3),
    "button": lambda v: expect(v.page.get_by_role("button", name="Pressed by the kernel")).to_be_disabled(),
    "output": lambda v: expect(v.case("output")).to_contain_text("appended"),
    "linked": lambda v: expect(v.page.get_by_label("To this")).to_have_value("11"),
    "own": lambda v: expect(v.case("own").locator(".state")).to_have_text("40: 5 6"),
}
"""Control -> what is seen after the kernel has changed it."""


def slider(visit: Visit, name: str) -> Locator:
    """Return the handle of a slider."""
    return visit.page.get_by_role("slider", name=name, exact=True)


@pytest.mark.parametrize("name", FROM_KERNEL)
def test_what_the_kernel_says_is_seen(answered: Visit, name: str) -> None:
    """Values, texts, pictures and whole controls change by themselves."""
    FROM_KERNEL[name](answered)


def test_a_page_in_arabic_runs_from_right_to_left(service: Service, browser: Browser) -> None:
    """The controls follow the direction of the page: labels stand on the right, nothing has to be scrolled sideways."""
    visit = Visit(service, browser)
    visit.page.evaluate("document.documentElement.dir = 'rtl'")
    field, label = visit.page.get_by_label("Dropdown"), visit.page.get_by_text("Dropdown", exact=True)
    ends = [place.evaluate("node => node.getBoundingClientRect().right") for place in (field, label)]
    assert abs(ends[0] - ends[1]) < 300
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    visit.context.close()
