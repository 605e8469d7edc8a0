# ruff: noqa: RUF001 - digits of many scripts are what is tested
"""Pages in languages: nothing is forgotten, the choice is kept, and what is still English says so."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import insert
from tornado.testing import AsyncHTTPTestCase
from tornado.web import Application

from academy.attendance import pages as attendance
from academy.attendance.queries import sessions
from academy.choices import Choices, cookie_name
from academy.config import Config
from academy.errors import BadInput
from academy.hub.languages import ReadersLanguage
from academy.interactive.apps import APPS
from academy.interactive.visitor import VISITOR, prelaunch
from academy.languages.catalogues import LANGUAGES
from academy.languages.choosing import COOKIE
from academy.languages.phrases import phrase
from academy.languages.pseudo import PSEUDO
from academy.learning import pages as learning
from academy.people import pages as people
from academy.people import queries
from academy.rights import SCOPES
from academy.routing import Page, Redirect, Response
from academy.store import schema
from academy.store.database import Store, new_id
from academy.web.languages import ChooseLanguage, choosing_path
from academy.web.templating import render
from tests.conftest import NOW, ROOT, Cast
from tests.pages import untranslated

SOURCE = ROOT / "src" / "academy"
HUB = SOURCE / "hub" / "templates"
SPOKEN = [SOURCE / "interactive" / "screens" / screen for screen in ("assessment", "attendance")]
TEMPLATES = sorted(file for folder in (SOURCE / "web" / "templates", HUB, *SPOKEN) for file in folder.rglob("*.html"))
CODE = re.compile(
    r"\{% block width %\}\w*|\{#.*?#\}|\{% trans.*?%\}.*?\{% endtrans %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
MARKED = re.compile(r'_\(\s*"(?:[^"\\]|\\.)*"|ngettext\(\s*"(?:[^"\\]|\\.)*",\s*"(?:[^"\\]|\\.)*"')
SENTENCE = re.compile(r"[\"'][A-Z][a-z]+[ a-z][^\"']*[\"']")
READ_ALOUD = re.compile(r'\b(?:aria-label|alt|placeholder|data-label)="([^"]*)"')
WHERE = {"cohort": "river", "module": "what-we-protect", "lesson": "nine-points", "assessment": "what-we-protect"}
NAMES: dict[str, Any] = {
    "url": lambda path: f"/services/academy{path}",
    "hub": lambda path: f"/hub/{path}",
    "interactive": lambda app: f"/services/interactive/{app}",
    "static": lambda name: f"/static/{name}",
    "xsrf": lambda: "",
    "choices": Choices(),
    "settings": "/services/academy/settings",
    "weight": lambda _: "",
    "choosing": lambda code: f"/services/academy/language/{code}",
}

Do = Callable[..., Response]


# --- templates ---


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_template_holds_a_text_that_nobody_translates(file: Path) -> None:
    """What stands between the tags, in labels and in the code of a template is marked."""
    source = file.read_text(encoding="utf-8")
    plain = CODE.sub("\0", source)
    labels = [text for text in READ_ALOUD.findall(plain) if re.search("[A-Za-z]{2}", text)]
    texts = re.findall(r"[A-Za-z]{3,}[^<\0]*", re.sub(r"<[^>]*>|&[a-z]+;", "\0", plain))
    inside = [text for code in CODE.findall(source) for text in SENTENCE.findall(MARKED.sub("", code))]
    assert (labels, texts, inside) == ([], [], [])


@pytest.fixture(scope="module")
def hub() -> Environment:
    """Give the Hub's one environment with our templates."""
    return Environment(loader=FileSystemLoader(HUB), autoescape=True, enable_async=True, extensions=[ReadersLanguage])


def hub_page(hub: Environment, name: str, language: str, **names: Any) -> str:
    """Return a page of the Hub as somebody reads it."""
    user, spawner = type("User", (), {"name": "salma"}), type("Spawner", (), {"name": ""})
    known = {
        "language": language, "direction": "rtl" if language == "ar" else "ltr", "direction_of": lambda _: "ltr",
        "languages": LANGUAGES, "choosing": lambda code: f"/services/academy/language/{code}", "choices": Choices(),
        "academy": "/services/academy", "stylesheet": "/s", "base_url": "/hub/", "login_url": "/hub/login",
        "logout_url": "/hub/logout", "xsrf": "token", "user": user, "spawner": spawner, "shortest": 12, "code": "",
        "explained": lambda *_: phrase("This page is not open to you."), "message": "", "status_code": 403,
        "username": "", "action": "/", "spawn_url": "/", "server_name": "", "failed": False, "failed_message": "",
        "link": "otpauth:", "secret": "ABCD", "is_on": False, "done": False, "problem": None,
    }  # fmt: skip
    return asyncio.run(hub.get_template(name).render_async(known | names))


@pytest.mark.parametrize("name", sorted(file.name for file in HUB.glob("*.html") if file.stem != "fields"))
@pytest.mark.parametrize(
    "turn", [{}, {"done": True, "failed": True, "is_on": True, "server_name": "river", "user": None}]
)
def test_the_hubs_pages_are_complete_in_the_language_that_nobody_speaks(
    hub: Environment, name: str, turn: dict[str, Any]
) -> None:
    """Each of them, in both of its states, with an error above the form."""
    problem = BadInput(phrase("The two passphrases are not the same. Type both again."), code="x", field="password")
    assert untranslated(hub_page(hub, name, PSEUDO, problem=problem, **turn)) == []


def test_one_environment_serves_readers_of_different_languages(hub: Environment) -> None:
    """Also one after the other: nothing of one reader's language stays for the next."""
    pages = {language: hub_page(hub, "native-login.html", language, user=None) for language in ("en", "ar", "bn", "en")}
    assert "<h1>Sign in</h1>" in pages["en"]
    assert "تسجيل الدخول" in pages["ar"]
    assert "সাইন ইন" in pages["bn"]
    assert '<html lang="ar" dir="rtl">' in pages["ar"]


# --- content ---


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the course as it was before anybody translated it."""
    folder = tmp_path_factory.mktemp("content")
    for kind in ("courses", "modules", "assessments"):
        shutil.copytree(ROOT / kind, folder / kind, ignore=shutil.ignore_patterns(*(LANGUAGES.keys() - {"en"})))
    return folder


@pytest.fixture
def config(config: Config, english: Path) -> Config:
    """Keep a configuration with that course."""
    return config.model_copy(update={"content": english})


@pytest.fixture
def do(call: Callable[..., Response], cast: Cast) -> Do:
    """Call a route of lessons or accounts as Salma."""
    routes = {(route.method, route.path): route for route in (*learning.ROUTES, *people.ROUTES)}

    def caller(method: str, path: str, **parts: Any) -> Response:
        return call(routes[method, path], cast.salma, path=WHERE, **parts)

    return caller


def shown(response: Response, cast: Cast, language: str) -> str:
    """Render a page in a language."""
    assert isinstance(response, Page)
    return render(response.template, response.context, language=language, names=NAMES | {"actor": cast.salma})


@pytest.mark.parametrize(
    ("language", "notice"), [("bn", "এই পাঠটি এখনো বাংলা ভাষায় নেই"), ("ar", "هذا الدرس غير متوفر بعد")]
)
def test_a_lesson_without_translation_is_in_english_and_says_so(do: Do, cast: Cast, language: str, notice: str) -> None:
    """The frame is in the reader's language; what is English is marked for screen readers, with its direction."""
    html = shown(do("GET", "/c/{cohort}/lessons/{module}/{lesson}", language=language), cast, language)
    assert notice in html
    assert '<div lang="en" dir="ltr">' in html
    assert '<h1><bdi lang="en" dir="ltr">Nine points</bdi></h1>' in html
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html


def test_in_english_nothing_is_said_about_languages(do: Do, cast: Cast) -> None:
    """Who reads English needs no notice."""
    html = shown(do("GET", "/c/{cohort}/lessons/{module}/{lesson}"), cast, "en")
    assert "not yet in" not in html
    assert '<div lang="en"' not in html


def test_questions_without_translation_are_in_english_and_say_so(do: Do, store: Store, cast: Cast) -> None:
    """The form around them is in the reader's language."""
    with store.write() as db:
        row = {"id": new_id(), "cohort": "river", "assessment": "what-we-protect"}
        db.execute(insert(schema.release).values(**row, due_at=None, released_at=NOW))
    html = shown(do("GET", "/c/{cohort}/assessments/{assessment}", language="ar"), cast, "ar")
    assert "هذه الأسئلة غير متوفرة بعد" in html
    before, questions = html.split('<div lang="en" dir="ltr">', 1)[0], html.rsplit('<div lang="en" dir="ltr">', 1)[1]
    assert "<fieldset" not in before
    assert "<fieldset" in questions


# --- choosing ---


def test_the_account_keeps_a_language_and_the_browser_is_asked_to(do: Do, store: Store, cast: Cast) -> None:
    """Under "My account"; a language that we do not have is refused and what was typed stays."""
    kept = do("POST", "/me", body={"display_name": "S.", "language": "bn"})
    assert kept == Redirect("/me", language="bn")
    with store.read() as db:
        assert queries.language_of(db, "salma") == "bn"
    refused = do("POST", "/me", body={"display_name": "S.", "language": "xx"})
    assert isinstance(refused, Page)
    assert refused.status == BadInput.status
    with store.read() as db:
        assert queries.language_of(db, "salma") == "bn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_offers_every_language_by_its_own_name(do: Do, cast: Cast, hub: Environment, language: str) -> None:
    """Also before signing in; the one that is shown is no link."""
    for html in (shown(do("GET", "/help"), cast, language), hub_page(hub, "native-login.html", language, user=None)):
        foot = html.split("<footer", 1)[1]
        assert f'<span lang="{language}" aria-current="true">{LANGUAGES[language]}</span>' in foot
        for other in LANGUAGES.keys() - {language}:
            assert re.search(rf'<a href="/services/academy/language/{other}"[^>]*>{LANGUAGES[other]}</a>', foot)


class TestTheLinkInTheFoot(AsyncHTTPTestCase):
    """Choosing a language sets one cookie and leads back to a page of this site, and nowhere else."""

    def get_app(self) -> Application:
        """Serve the link below a prefix, as the proxy does."""
        return Application([(r"/services/academy/language/(ar|bn|en)", ChooseLanguage, {"root": ""})])

    def choose(self, language: str, back: str, cookies: str = "") -> Any:
        """Follow the link from a page."""
        path = f"/services/academy{choosing_path(language, back)}"
        return self.fetch(path, follow_redirects=False, headers={"Cookie": cookies})

    def test_it_sets_one_cookie_and_leads_back(self) -> None:
        """The cookie holds the code of the language and goes when the browser is closed."""
        answer = self.choose("bn", "/hub/login?next=%2Fservices%2Facademy%2F")
        assert answer.code == 303
        assert answer.headers["Location"] == "/hub/login?next=%2Fservices%2Facademy%2F"
        (cookie,) = answer.headers.get_list("Set-Cookie")
        assert cookie.startswith(f"{COOKIE}=bn; ")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "expires" not in cookie.lower()

    def test_on_ones_own_device_it_stays(self) -> None:
        """For a year."""
        (cookie,) = self.choose("ar", "/", f"{cookie_name('device')}=own").headers.get_list("Set-Cookie")
        assert "expires" in cookie.lower()

    def test_it_leads_to_no_other_site(self) -> None:
        """Whatever stands in the link."""
        for back in ("https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "", "/a\nb"):
            assert self.choose("en", back).headers["Location"] == "/services/academy/"

    def test_other_languages_have_no_address(self) -> None:
        """The language that nobody speaks is for tests."""
        assert self.fetch("/services/academy/language/en-XA", follow_redirects=False).code == 404


def test_a_link_carries_the_page_it_stands_on() -> None:
    """So that one is back where one was, with the query."""
    here = "/services/academy/c/river?live=1"
    assert choosing_path("ar", here) == "/language/ar?next=%2Fservices%2Facademy%2Fc%2Friver%3Flive%3D1"


# --- digits ---


def test_numbers_are_read_in_every_script(call: Callable[..., Response], store: Store, cast: Cast) -> None:
    """For how many people, how many minutes: a field of a form takes the digits of the reader's keyboard."""
    invite = next(route for route in people.ROUTES if route.path == "/c/{cohort}/facilitate/invitations")
    made = call(invite, cast.anika, path=WHERE, body={"role": "participant", "seats": "١٢"})
    assert isinstance(made, Page)
    assert made.context["seats"] == 12
    plan = next(route for route in attendance.ROUTES if (route.method, route.path) == ("POST", "/c/{cohort}/sessions"))
    body = {
        "title": "River",
        "day": "২০২৬-১১-২৪",
        "starts": "১৪:০০",
        "minutes": "৯০",
        "zone": "UTC",
        "nonce": "plan-0001",
    }
    assert isinstance(call(plan, cast.anika, path=WHERE, body=body), Redirect)
    with store.read() as db:
        (session,) = sessions(db, "river")
    assert (session.starts_at.isoformat(), session.ends_at.isoformat()) == (
        "2026-11-24T14:00:00+00:00",
        "2026-11-24T15:30:00+00:00",
    )


# --- interactive pages ---


def opened(app: str, *, cookie: str | None = None, accepted: str = "") -> Any:
    """Open an interactive page as Anika; return its notebook, and the language that its kernel is told."""
    handler = SimpleNamespace(
        current_user=SimpleNamespace(username="anika", hub_user={"scopes": sorted(SCOPES)}),
        path_args=[f"{app}.ipynb"],
        request=SimpleNamespace(
            query="cohort=river&session=first&assessment=keys", headers={"Accept-Language": accepted}
        ),
        get_cookie=lambda name: cookie if name == COOKIE else None,
        identity_provider=SimpleNamespace(hub_auth=SimpleNamespace(get_token=lambda _: "her-token")),
        xsrf_token=b"token",
    )
    notebook = prelaunch(handler, SimpleNamespace(metadata={}), "")
    visitor = VISITOR.get()
    assert visitor is not None
    return notebook.metadata, visitor.language


def test_an_interactive_page_opens_in_the_readers_language() -> None:
    """The cookie counts before the browser; frame, title and kernel are told the same."""
    metadata, language = opened("attendance", cookie="ar", accepted="bn")
    assert language == "ar"
    assert metadata["title"] == "سجل الحضور"
    way = metadata["academy"]
    assert (way["language"], way["direction"], way["spoken"], way["notice"]) == ("ar", "rtl", "ar", "")


def test_an_interactive_page_that_is_still_english_says_so() -> None:
    """Its frame is in the reader's language, its content marked as English."""
    app = next(app.name for app in APPS.values() if not app.speaks)
    way = opened(app, accepted="bn-BD")[0]["academy"]
    assert (way["language"], way["spoken"], way["spoken_direction"]) == ("bn", "en", "ltr")
    assert "বাংলা" in way["notice"]
    assert opened(app, accepted="en")[0]["academy"]["notice"] == ""
