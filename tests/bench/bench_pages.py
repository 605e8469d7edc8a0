"""Load pages in a real browser on a slow line and print what they cost: no test, only figures.

``python -m tests.bench.bench_pages``. The academy with its demo programme, and beside it, in the same run, the Voilà
of this environment as it is, which serves the notebook of our budget game. Every byte is counted that reaches the
browser, websockets and headers included, by a forwarder that all of them go through. The line is the browser's own
imitation of 400 kbit/s with 400 ms (``Network.emulateNetworkConditions``; it slows requests, not websockets).

*Usable* is the time from asking for a page until its first control can be used (a page of text: its heading stands).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests.bench.bench_memory import stock_voila, write
from tests.integration.conftest import CHROMIUM, PHONE, QUIET, ROOT

from academy.config import Behaviour, Config
from academy.demo.cast import COHORT, FACILITATORS, Account, read_accounts
from academy.demo.programme import ACCOUNTS, ASSESSMENT, plan_session
from academy.demo.programme import visit as demo_visit
from academy.demo.server import running

__all__ = ["Weight", "main"]

RENDER = "/services/interactive/voila/render"
HERE = f"/services/academy/c/{COHORT}"
GAME = "from academy.interactive.screens.threat_budget import show\nshow()"
CARD = ".widget-checkbox input"
PAGES = {
    "home": ("/services/academy/", "h1"),
    "check-in": (f"{HERE}/sessions/{{session}}/check-in", "input[inputmode]"),
    "feedback": (f"{HERE}/assessments/{ASSESSMENT}/feedback", "h1"),
    "lesson, plain": (f"{HERE}/lessons/what-we-protect/nine-points", "h1"),
    "lesson, interactive": (
        f"{RENDER}/threat-budget.ipynb?cohort={COHORT}&module=what-we-protect&lesson=nine-points",
        CARD,
    ),
    "assessment, plain": (f"{HERE}/assessments/{ASSESSMENT}", "form input[type=radio]"),
    "assessment, interactive": (
        f"{RENDER}/assessment.ipynb?cohort={COHORT}&assessment={ASSESSMENT}",
        ".question-form input",
    ),
}
"""Page -> where it is, and what can be used first."""
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""Milliseconds, and bytes a second."""
QUIET_FOR = 1.5
"""Seconds without a byte after which a page counts as loaded."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What one visit cost."""

    requests: int
    kilobytes: float
    """10³ bytes that reached the browser."""
    usable: float
    """Seconds."""


class Forwarder:
    """Stands between the browser and a server, and counts what comes back."""

    def __init__(self, address: str) -> None:
        self.host, self.port = urlsplit(address).hostname, urlsplit(address).port
        self.count, self.last = 0, time.monotonic()
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait()

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await server.serve_forever()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self.host, self.port)
        await asyncio.gather(self._pump(reader, back, counts=False), self._pump(there, writer, counts=True))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counts: bool) -> None:
        try:
            while data := await reader.read(1 << 16):
                if counts:
                    self.count, self.last = self.count + len(data), time.monotonic()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass  # one side has hung up
        finally:
            writer.close()


def visit(context: BrowserContext, forwarder: Forwarder, path: str, usable: str) -> Weight:
    """Open a page on the slow line, wait until it is quiet, and leave it."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    lengths: dict[str, float] = {}
    session.on(
        "Network.loadingFinished", lambda event: lengths.update({event["requestId"]: event["encodedDataLength"]})
    )
    before, start = forwarder.count, time.monotonic()
    page.goto(forwarder.address + path, wait_until="commit")
    page.locator(usable).first.wait_for(timeout=180_000)
    took = time.monotonic() - start
    while time.monotonic() - forwarder.last < QUIET_FOR:
        page.wait_for_timeout(200)
    cost = forwarder.count - before
    page.goto("about:blank")
    page.close()
    return Weight(sum(length > 0 for length in lengths.values()), cost / 1000, took)


def sign_in(context: BrowserContext, address: str, username: str, passphrase: str) -> None:
    """Sign in on a device of one's own: on a shared one the browser keeps nothing, and every visit is a first one."""
    page = context.new_page()
    page.goto(address)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_label("This is my own device").check()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/services/academy/**")
    page.close()


def forget_files(context: BrowserContext) -> None:
    """Make the next visit the first one of this browser."""
    page = context.new_page()
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.close()


def tell(name: str, first: Weight, second: Weight) -> None:
    """Print a line of the table."""
    cells = [f"{each.requests:>4}{each.kilobytes:>10.1f} KB{each.usable:>8.1f} s" for each in (first, second)]
    write(f"{name:<28}{cells[0]}   {cells[1]}")


def prepare(address: str, home: Path, account: Account) -> str:
    """Open a session and release feedback to this person; return the session's id."""
    host_account = next(one for one in read_accounts(home / ACCOUNTS) if one.username == FACILITATORS[0])
    with demo_visit(address, host_account) as host, demo_visit(address, account) as taker:
        session = plan_session(host, "Evening session", datetime.now(UTC))
        host.send("/open")
        taker.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
        taker.send("/save", {"DS1.1": "b", "then": "review"})
        taker.send("/submit")
        for step in ("collect", "autograde", "feedback"):
            host.ask_and_wait(COHORT, ASSESSMENT, step)
    return session


def measure_ours(browser: Browser) -> None:
    """Print what our pages cost."""
    home = Path(tempfile.mkdtemp(prefix="academy-"))
    config = Config(home=home, port=8000, db_url=f"sqlite:///{home / 'store.db'}", content=ROOT, behaviour=Behaviour())
    with running(config) as address:
        account = [one for one in read_accounts(home / ACCOUNTS) if one.role == "participant"][-1]
        session = prepare(address, home, account)
        forwarder = Forwarder(address)
        context = browser.new_context(viewport=PHONE)
        sign_in(context, forwarder.address, account.username, account.password)
        for name, (path, usable) in PAGES.items():
            forget_files(context)
            tell(name, *(visit(context, forwarder, path.format(session=session), usable) for _ in range(2)))
        context.close()
    shutil.rmtree(home)


def measure_stock(browser: Browser) -> None:
    """Print what the same notebook costs in stock Voilà."""
    with tempfile.TemporaryDirectory() as place, stock_voila(Path(place), GAME) as server:
        forwarder = Forwarder(server.address)
        context = browser.new_context(viewport=PHONE)
        tell("the same in stock Voilà", *(visit(context, forwarder, f"/{server.path}", CARD) for _ in range(2)))
        context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser that can resolve no name of the outside world."""
    program = os.environ.get("ACADEMY_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


def main(_: list[str]) -> int:
    """Print the figures."""
    write(f"{'400 kbit/s, 400 ms':<28}{'first visit: requests, bytes, usable':<38}second visit")
    with chromium() as browser:
        measure_ours(browser)
        measure_stock(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
