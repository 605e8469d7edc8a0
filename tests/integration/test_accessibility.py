"""Every page of every role in every language on a phone: judged by axe-core, and by what it asks of other hosts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from academy.content.catalogue import load
from academy.demo.programme import ASSESSMENT
from academy.languages.catalogues import LANGUAGES
from academy.languages.choosing import COOKIE
from tests.integration.conftest import PHONE, Academy, Person
from tests.screens import RENDER, Screen, Walk, prepare

pytestmark = [pytest.mark.hub, pytest.mark.browser]

AXE = Path(__file__).parents[1] / "axe"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """async tags => {
    const options = {runOnly: tags, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]};
    const found = (await axe.run(document, options)).violations.filter(one => one.impact !== "minor");
    return found.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`));
}"""
SMALL_CONTROLS = """() => {
    const alone = "button, .button, summary, select, textarea, input:not([type=radio], [type=checkbox], [type=hidden])";
    const seen = [...document.querySelectorAll(alone)].filter(node => node.checkVisibility({visibilityProperty: true}));
    const small = seen.filter(node => node.getBoundingClientRect().height < 43.5 && !node.closest("[inert]"));
    return small.map(node => `smaller than 44 pixels: ${node.outerHTML.slice(0, 160)}`);
}"""
WIDER = """() => document.documentElement.scrollWidth > innerWidth
    ? [`wider than the screen: ${document.documentElement.scrollWidth} pixels`] : []"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe-core; the first time it is installed from the lock file."""
    script = AXE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm") or str(Path(__file__).parents[2] / ".venv" / "bin" / "npm")
        subprocess.run([npm, "ci", "--silent"], cwd=AXE, check=True)
    return script.read_text(encoding="utf-8")


@pytest.fixture
def walks(academy: Academy, newcomer: Callable[[], str]) -> tuple[Walk, ...]:
    """Prepare every page for people of whom no other test knows."""
    assessment = load(academy.config.content).assessment(ASSESSMENT)
    return prepare(academy.url, academy.people, assessment, newcomer=newcomer(), participant=newcomer())


def reports(academy: Academy) -> object:
    """Return what browsers have complained about."""
    coordinator = academy.of_role("coordinator")[0]
    with academy.visit(coordinator.username) as visitor:
        return visitor.api("/policy-reports")


def phone(academy: Academy, browser: Browser, walk: Walk, language: str) -> BrowserContext:
    """Return the phone of somebody who has signed in and chosen a language."""
    context = browser.new_context(viewport=PHONE)
    if walk.account is not None:
        person = Person(academy, context)
        person.sign_in(walk.account.username)
        person.page.close()
    context.add_cookies([{"name": COOKIE, "value": language, "url": academy.url}])
    return context


def arrive(page: Page, url: str, screen: Screen) -> None:
    """Open a page and wait until it is there."""
    page.goto(url + screen.path)
    screen.act(page)
    expect(page.locator(screen.ready).first).to_be_visible(timeout=60_000)


def complaints(page: Page, axe: str) -> list[str]:
    """Return what is wrong with a page as it stands, and with each of its tabs."""
    page.evaluate(axe)
    found = _as_it_stands(page)
    for tab in page.get_by_role("tab").all()[1:]:
        tab.click()
        found += _as_it_stands(page)
    return found


def _as_it_stands(page: Page) -> list[str]:
    return [*page.evaluate(JUDGE, TAGS), *page.evaluate(SMALL_CONTROLS), *page.evaluate(WIDER)]


def test_everybody_can_use_every_page_in_every_language(
    academy: Academy, browser: Browser, walks: tuple[Walk, ...], axe: str
) -> None:
    """No rule of WCAG 2.2 AA is broken, no control is too small for a thumb, no page is wider than a phone.

    None asks anything of another host, and the collector of policy reports hears of nothing.
    """
    found: list[str] = []
    asked: set[str] = set()
    before = reports(academy)
    for language in LANGUAGES:
        for walk in walks:
            context = phone(academy, browser, walk, language)
            context.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
            page = context.new_page()
            for screen in walk.screens:
                arrive(page, academy.url, screen)
                plain = not screen.path.startswith(RENDER)  # an interactive page may speak English only
                assert page.evaluate("document.documentElement.lang") == language or not plain, screen.name
                found += [f"{language} {screen.name}: {one}" for one in complaints(page, axe)]
            context.close()
    assert not found, "\n".join(found)
    own = {academy.url, academy.url.replace("http", "ws", 1)}
    assert {host for host in asked if not host.startswith(("data:", "about:", "blob:"))} <= own
    assert reports(academy) == before
