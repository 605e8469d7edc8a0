"""What happens to an answer when an interactive page loses its connection: a real browser at the real service."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.integration.conftest import browser
from tests.test_interactive_service import GAME, Service, serving

__all__ = ["browser"]

pytestmark = [pytest.mark.hub, pytest.mark.browser]

PAGE = """import ipywidgets
from IPython.display import display

from academy.interactive.questions import QuestionForm
from academy.interactive.widgets import button

form = QuestionForm(html='<label>Answer <textarea name="q"></textarea></label>')
said, presses = ipywidgets.Label(), ipywidgets.IntText(description="Presses")
said.add_class("said")
form.observe(lambda change: setattr(said, "value", change["new"]["q"][0]), "fields")
press = button("Press")
press.on_click(lambda _: setattr(presses, "value", presses.value + 1))
display(ipywidgets.VBox([form, said, press, presses]))
"""
LOST, BACK, DOUBTFUL = (
    "It tries again by itself.",
    "is back. What you changed has been sent.",
    "look whether that has counted",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start the service with a page of one question."""
    with serving(tmp_path_factory.mktemp("line"), {"threat-budget": PAGE}) as service:
        yield service


class Void:
    """A line that can swallow what is said on it without breaking."""

    def __init__(self) -> None:
        self.swallows = False
        self.lines = 0

    def __call__(self, route: WebSocketRoute) -> None:
        """Stand between a page and its kernel."""
        self.lines += 1
        first, server = self.lines == 1, route.connect_to_server()

        def forward(message: str | bytes) -> None:
            if not (first and self.swallows):
                server.send(message)

        route.on_message(forward)


@pytest.fixture
def void() -> Void:
    """Return what the first line of a page goes through."""
    return Void()


@pytest.fixture
def page(service: Service, browser: Browser, void: Void) -> Iterator[Page]:
    """Open the page."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "who", "value": "salma", "url": service.hub}])
    page = context.new_page()
    page.route_web_socket(re.compile("/channels"), void)
    page.clock.install()
    page.goto(service.url(GAME))
    page.get_by_label("Answer").wait_for()
    yield page
    context.close()


def said(page: Page) -> Locator:
    """Return what the kernel knows of the answer."""
    return page.locator(".said")


def write(page: Page, answer: str) -> None:
    """Write an answer and leave the field."""
    page.get_by_label("Answer").fill(answer)
    page.get_by_label("Answer").press("Tab")


def test_an_answer_written_without_a_line_arrives_when_it_is_back(page: Page) -> None:
    """The page says that the line is lost and that it is back; both the first and the last word of meanwhile count."""
    page.context.set_offline(True)
    expect(page.get_by_text(LOST)).to_be_visible()
    write(page, "my first thought")
    write(page, "my last thought")
    page.get_by_role("button", name="Press").click()
    page.context.set_offline(False)
    expect(page.get_by_text(BACK).first).to_be_visible()
    expect(page.get_by_text(LOST)).to_be_hidden()
    expect(said(page)).to_have_text("my last thought")
    expect(page.get_by_label("Presses")).to_have_value("1")
    expect(page.get_by_label("Answer")).to_have_value("my last thought")


def test_an_answer_that_nobody_acknowledged_is_sent_again(page: Page, void: Void) -> None:
    """A line that swallows all is noticed. An answer is repeated; a press may have counted: the person is asked."""
    void.swallows = True
    write(page, "into the void")
    page.get_by_role("button", name="Press").click()
    for _ in range(12):
        page.clock.run_for(2_000)
    expect(said(page)).to_have_text("into the void")
    expect(page.get_by_label("Presses")).to_have_value("0")
    expect(page.get_by_text(DOUBTFUL)).to_be_visible()
    assert void.lines == 2
    write(page, "and on")
    expect(said(page)).to_have_text("and on")


def test_a_page_whose_kernel_is_gone_starts_again_with_its_answers(page: Page, service: Service) -> None:
    """Nothing has to be typed twice: what stands in the form is put into the new one, and its kernel is told."""
    write(page, "half an essay")
    expect(said(page)).to_have_text("half an essay")
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    assert service.ask("salma", f"api/kernels/{kernel}", "DELETE").status_code == 204
    write(page, "half an essay, and the rest")
    for _ in range(12):
        page.clock.run_for(2_000)
    alert = page.get_by_role("alert").filter(has_text="your answers are put back in")
    expect(alert).to_be_visible()
    page.get_by_role("button", name="Start the page again").click()
    expect(alert).to_be_hidden()
    expect(page.get_by_label("Answer")).to_have_value("half an essay, and the rest")
    expect(said(page)).to_have_text("half an essay, and the rest")
