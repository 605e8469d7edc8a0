"""A course pack in a real browser: fetched once, read and answered with the network cut, handed in later."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from academy.demo.cast import COHORT
from academy.demo.programme import ASSESSMENT
from tests.integration.conftest import PHONE, Academy, Person

pytestmark = [pytest.mark.hub, pytest.mark.browser]

SENT_AT = "Your answers have arrived"


@pytest.fixture
def pack(academy: Academy, newcomer: Callable[[], str], tmp_path: Path) -> Path:
    """Fetch the pack as somebody who has just joined, and unpack it."""
    with academy.visit(newcomer()) as visitor:
        visitor.open(f"/c/{COHORT}/pack")
        fetched = visitor.http.get(f"{academy.url}/services/academy/c/{COHORT}/pack/en")
    assert fetched.status_code == 200
    archive = tmp_path / "pack.zip"
    archive.write_bytes(fetched.content)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    return tmp_path / "digital-security"


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """Open a phone's browser without any network."""
    context = browser.new_context(viewport=PHONE, offline=True, accept_downloads=True)
    yield context.new_page()
    context.close()


def test_everything_in_it_opens_and_works_with_the_network_cut(pack: Path, tab: Tab) -> None:
    """Every page of all six modules: nothing missing, nothing asked for elsewhere, nothing wider than the screen."""
    faults: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    tab.on("requestfailed", lambda request: faults.append(request.url))
    tab.on("request", lambda request: asked.append(request.url))
    pages = sorted(pack.rglob("*.html"))
    assert len([page for page in pages if page.parent.name == "lessons"]) >= 6 * 4
    for page in pages:
        tab.goto(page.as_uri())
        assert tab.locator("h1").count() == 1, page.name
        if tab.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            faults.append(f"{page.name} is wider than the screen")
    assert faults == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_answers_saved_without_a_line_are_handed_in_with_one(
    pack: Path, tab: Tab, person: Callable[..., Person], newcomer: Callable[[], str], tmp_path: Path
) -> None:
    """The file holds what was chosen, is taken once, and its receipt is the same the second time."""
    tab.goto((pack / "assessments" / f"{ASSESSMENT}.html").as_uri())
    tab.locator('[name="DS1.1"][value="b"]').check()
    tab.locator('[name="DS1.3"]').fill("3")
    with tab.expect_download() as saving:
        tab.get_by_role("button", name="Save my answers as a file").click()
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    assert tab.get_by_role("status").is_visible()
    assert json.loads(file.read_text(encoding="utf-8"))["fields"] == {"DS1.1": ["b"], "DS1.3": ["3"]}

    sender = person(newcomer(), javascript=False)
    receipts = []
    for _ in range(2):
        sender.open(f"/c/{COHORT}/pack")
        sender.page.get_by_label("The file that was saved in the pack").set_input_files(file)
        sender.press("Hand in these answers")
        assert sender.sees(SENT_AT)
        receipts.append(sender.page.url)
    assert receipts[0] == receipts[1]
    assert sender.sees("Arrived")
    assert sender.elsewhere == []
