"""Draw every page for the documentation: ``python -m tests.bench.screenshots [NAME ...]``.

Starts the demo in a folder of its own, walks through it as its people, and writes small pictures and the page that
shows them (docs/reference/screens.md). With names, only those screens are drawn anew and the page stays as it is.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.integration.conftest import CHROMIUM, QUIET, Academy, Person
from tests.screens import Screen, Walk, prepare

from academy.config import Behaviour, Config
from academy.content.catalogue import load
from academy.demo.cast import COHORT, read_accounts
from academy.demo.programme import ACCOUNTS, ASSESSMENT, COURSE
from academy.demo.server import running
from academy.demo.visitor import SERVICE
from academy.languages.choosing import COOKIE

__all__ = ["View", "main", "views"]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "images" / "screens"
PAGE = ROOT / "docs" / "reference" / "screens.md"
TALLEST = 2400
"""Pixels of the tallest picture; what is below is left out."""
COLOURS = 16
"""In one picture: enough for pages of text, and a third of the size."""
PHONE, COMPUTER = 360, 1280
HEIGHT = 740
ROLES = {
    "stranger": "Before signing in",
    "newcomer": "A participant on her first day",
    "participant": "A participant later on",
    "facilitator": "A facilitator",
    "coordinator": "A coordinator",
}
HEAD = """# Screens

Every page as it looks, in the order in which people walk through it: in English and in Arabic, on a phone of 360 pixels
and on a computer of 1280. Lessons and simulations are shown on the phone. A picture ends at 2400 pixels, even where the
page goes on. Drawn by `python -m tests.bench.screenshots` from the [demo](../tutorial/a-cohort-in-five-minutes.md);
names of screens after the command draw those alone.
"""


@dataclass(frozen=True, slots=True)
class View:
    """One picture to draw."""

    screen: Screen
    language: str
    width: int

    @property
    def file(self) -> str:
        """The name of the picture's file."""
        return f"{self.screen.name}-{self.language}-{self.width}.webp"


def main(names: Sequence[str]) -> int:
    """Draw, and write the page that shows the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="academy-screens-") as folder:
        home = Path(folder)
        database = f"sqlite:///{home / 'store.db'}"
        config = Config(home=home, port=8000, db_url=database, content=ROOT, behaviour=Behaviour())
        with running(config) as url:
            people = {account.username: account for account in read_accounts(home / ACCOUNTS)}
            academy = Academy(url=url, config=config, people=people)
            walks = _walks(academy)
            _draw(academy, walks, names)
    if not names:
        PAGE.write_text(_shown(walks), encoding="utf-8")
    return 0


def _walks(academy: Academy) -> list[Walk]:
    """Return everybody's walk; the newcomer's ends with all lessons."""
    newcomer, participant = (account.username for account in academy.of_role("participant")[:2])
    assessment = load(ROOT).assessment(ASSESSMENT)
    walks = prepare(academy.url, academy.people, assessment, newcomer=newcomer, participant=participant)
    return [Walk(walk.role, walk.account, walk.screens + (_lessons() * (walk.role == "newcomer"))) for walk in walks]


def _lessons() -> tuple[Screen, ...]:
    content = load(ROOT)
    modules = [content.module(slug) for slug in content.course(COURSE).modules]
    places = [f"{module.slug}/{lesson.slug}" for module in modules for lesson in module.lessons]
    return tuple(
        Screen(f"lesson-{place.replace('/', '-')}", f"{SERVICE}/c/{COHORT}/lessons/{place}") for place in places
    )


def views(screen: Screen) -> Iterator[View]:
    """Yield the pictures of a screen: lessons once, everything else in both languages and widths."""
    if screen.name.startswith("lesson-"):
        yield View(screen, "en", PHONE)
        return
    for language in ("en", "ar"):
        for width in (PHONE, COMPUTER):
            yield View(screen, language, width)


def _draw(academy: Academy, walks: Sequence[Walk], names: Sequence[str]) -> None:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        for walk in walks:
            wanted = [screen for screen in walk.screens if not names or screen.name in names]
            if wanted:
                _draw_walk(academy, browser, walk, wanted)
        browser.close()


def _draw_walk(academy: Academy, browser: Browser, walk: Walk, screens: Sequence[Screen]) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHT})
    person = Person(academy, context)
    if walk.account is not None:
        person.sign_in(walk.account.username)
    for screen in screens:
        for view in views(screen):
            context.add_cookies([{"name": COOKIE, "value": view.language, "url": academy.url}])
            person.page.set_viewport_size({"width": view.width, "height": HEIGHT})
            person.page.goto(academy.url + screen.path)
            screen.act(person.page)
            expect(person.page.locator(screen.ready).first).to_be_visible(timeout=60_000)
            _keep(person.page, FOLDER / view.file, screen.part)
    context.close()


def _keep(page: Page, file: Path, part: str) -> None:
    """Write the page, or a part of it, as a small picture; lines that stay on the screen would lie across it."""
    page.evaluate("document.querySelectorAll('.sticky').forEach(node => { node.style.position = 'static'; })")
    drawn = page.locator(part).first.screenshot() if part else page.screenshot(full_page=True)
    picture = Image.open(io.BytesIO(drawn)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    few.save(file, "WEBP", lossless=True, method=6)


def _shown(walks: Sequence[Walk]) -> str:
    """Return the page that shows every picture."""
    parts = [HEAD]
    for walk in walks:
        parts.append(f"\n## {ROLES[walk.role]}\n")
        for screen in walk.screens:
            title = screen.name.replace("-", " ").capitalize()
            parts.append(f"\n### {title}\n" + "\n".join(_markdown(title, view) for view in views(screen)) + "\n")
    return "".join(parts)


def _markdown(title: str, view: View) -> str:
    language = {"en": "English", "ar": "Arabic"}[view.language]
    return f"![{title}, {language}, {view.width} pixels](../images/screens/{view.file})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
