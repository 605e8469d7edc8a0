"""The whole academy, started once for all tests that need it: real Hub, real services, real nbgrader."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from academy.config import Behaviour, Config
from academy.demo.cast import COHORT, FACILITATORS, Account, read_accounts
from academy.demo.programme import ACCOUNTS, visit
from academy.demo.server import running
from academy.demo.visitor import Visitor

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PHONE = {"width": 360, "height": 740}


@dataclass(frozen=True, slots=True)
class Academy:
    """A running academy with its demo programme."""

    url: str
    config: Config
    people: dict[str, Account]

    def of_role(self, role: str) -> list[Account]:
        """Return the accounts of a role."""
        return [account for account in self.people.values() if account.role == role]

    def visit(self, username: str) -> Visitor:
        """Return somebody who has just signed in, without a browser."""
        return visit(self.url, self.people[username])


@pytest.fixture(scope="session")
def academy() -> Iterator[Academy]:
    """Start the academy as a newcomer would, with the demo programme, in a folder of its own."""
    home = Path(tempfile.mkdtemp(prefix="academy-"))
    config = Config(home=home, port=8000, db_url=f"sqlite:///{home / 'store.db'}", content=ROOT, behaviour=Behaviour())
    with running(config) as url:
        people = {account.username: account for account in read_accounts(home / ACCOUNTS)}
        yield Academy(url=url, config=config, people=people)
    shutil.rmtree(home)


@pytest.fixture
def newcomer(academy: Academy) -> Callable[[], str]:
    """Let somebody new join the cohort and return her user name: nothing that other tests did is hers."""

    def join() -> str:
        account = Account(f"new-{secrets.token_hex(4)}", "four plain words together", "newcomer", "")
        with academy.visit(FACILITATORS[0]) as host, Visitor(academy.url) as visitor:
            host.open(f"/c/{COHORT}/facilitate")
            page = host.send("/facilitate/invitations", {"seats": "1"})
            code = page.select_one(".code-display")
            assert code is not None
            visitor.sign_up(account.username, account.password, code.get_text(strip=True))
        academy.people[account.username] = account
        return account.username

    return join


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a real Chromium that can resolve no name of the outside world.

    One a file: while it runs, Playwright's event loop keeps other tests from starting one of their own.
    """
    program = os.environ.get("ACADEMY_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


class Person:
    """Somebody at a browser; every request that leaves it is written down."""

    def __init__(self, academy: Academy, context: BrowserContext) -> None:
        self.academy = academy
        self.context = context
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.violations: list[str] = []
        context.on("request", self._note)
        context.on("console", self._listen)

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    def _listen(self, message: object) -> None:
        text = getattr(message, "text", "")
        if "Content Security Policy" in text:
            self.violations.append(text)

    @property
    def elsewhere(self) -> list[str]:
        """The requests that went to any other host."""
        own = (self.academy.url, self.academy.url.replace("http", "ws", 1), "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(own)]

    def open(self, path: str) -> None:
        """Open a page of the academy (or, with a full path, of any part of it)."""
        whole = path if path.startswith(("/hub/", "/user/", "/services/")) else f"/services/academy{path}"
        self.page.goto(self.academy.url + whole)

    def sign_in(self, username: str) -> None:
        """Sign in on the sign-in page."""
        self.page.goto(self.academy.url)
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Passphrase").fill(self.academy.people[username].password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/services/academy/**")

    def press(self, name: str) -> None:
        """Press the button with this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the first link with this name."""
        self.page.get_by_role("link", name=name).first.click()

    def sees(self, words: str) -> bool:
        """Tell whether the page shows these words."""
        return words in self.page.inner_text("body")


@pytest.fixture
def person(academy: Academy, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Make people at phones, with or without JavaScript; their browsers are closed at the end."""
    contexts: list[BrowserContext] = []

    def make(username: str | None = None, *, javascript: bool = True, wide: bool = False) -> Person:
        size = {"width": 1280, "height": 900} if wide else PHONE
        context = browser.new_context(java_script_enabled=javascript, viewport=size)
        contexts.append(context)
        somebody = Person(academy, context)
        if username:
            somebody.sign_in(username)
        return somebody

    yield make
    for context in contexts:
        context.close()


__all__ = ["COHORT", "Academy", "Person"]
