"""The interactive service itself, started as the Hub starts it; only the Hub is a stand-in.

Each person of the cast signs in by OAuth as she would, or shows the token that she would get by it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.integration.conftest import CHROMIUM, QUIET

ROOT = Path(__file__).parents[1]
PREFIX = "/services/interactive/"
SERVICE_SECRET = "secret-of-the-service"
ACCESS = "access:services!service=interactive"
SCOPES = {
    "salma": [ACCESS, "custom:academy:take"],
    "bela": [ACCESS, "custom:academy:take"],
    "anika": [ACCESS, "custom:academy:facilitate"],
    "nura": [ACCESS, "custom:academy:coordinate"],
    "davit": [],
}
SHOW_ENVIRONMENT = """import os
from IPython.display import HTML, display
display(HTML("".join(f"[{name}={value}]" for name, value in os.environ.items())))
"""
REGISTER = "voila/render/attendance.ipynb?cohort=river&session=s1"
GAME = "voila/render/threat-budget.ipynb?cohort=river"


def token_of(username: str) -> str:
    """Return the OAuth token of a person."""
    return f"token-of-{username}-0123456789"


class Authorize(RequestHandler):
    """The Hub's consent page; who is signed in stands in a cookie."""

    def get(self) -> None:
        """Send the browser back with a code."""
        query = urlencode({"code": self.get_cookie("who"), "state": self.get_argument("state")})
        self.redirect(f"{self.settings['service']}/oauth_callback?{query}")


class Token(RequestHandler):
    """The Hub gives a token for a code."""

    def check_xsrf_cookie(self) -> None:
        """Do without: services call this."""

    def post(self) -> None:
        """Give the token."""
        self.write({"access_token": token_of(self.get_body_argument("code")), "token_type": "Bearer"})


class User(RequestHandler):
    """The Hub says who has a token, and with which scopes."""

    def get(self) -> None:
        """Answer for the token in the header."""
        shown = self.request.headers.get("Authorization", "").split()[-1]
        for name, scopes in SCOPES.items():
            if shown == token_of(name):
                own = [f"read:users:name!user={name}", *scopes]
                self.write({"kind": "user", "name": name, "groups": [], "scopes": own, "admin": False})
                return
        self.send_error(404)


@dataclass(frozen=True, slots=True)
class Service:
    """A running interactive service."""

    address: str
    hub: str
    process: subprocess.Popen[bytes]
    log: Path

    def url(self, path: str = "") -> str:
        """Return the address of a path."""
        return f"{self.address}{PREFIX}{path}"

    def ask(
        self, who: str | None, path: str, method: str = "GET", *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Ask as somebody who shows her token."""
        headers = (headers or {}) | ({"Authorization": f"Bearer {token_of(who)}"} if who else {})
        return httpx.request(method, self.url(path), headers=headers, timeout=30)

    def open(self, who: str, path: str = GAME) -> str:
        """Open a page and return the id of its kernel."""
        found = re.search(r'"kernelId": "([^"]+)"', self.ask(who, path).text)
        assert found
        return found[1]

    def kernels(self) -> list[psutil.Process]:
        """Return the processes of all kernels: what the warm process has forked."""
        children = psutil.Process(self.process.pid).children()
        warm = [child for child in children if "academy.kernels.warm" in child.cmdline()]
        return [kernel for process in warm for kernel in process.children()]


def run_hub(service: str, ready: threading.Event, found: dict[str, Any]) -> None:
    """Run the stand-in of the Hub until it is stopped."""

    async def work() -> None:
        paths = [("oauth2/authorize", Authorize), ("oauth2/token", Token), ("user", User)]
        server = HTTPServer(Application([(f"/hub/api/{p}", h) for p, h in paths], service=service))
        socket, port = bind_unused_port()
        server.add_socket(socket)
        stop = asyncio.Event()
        found.update(url=f"http://127.0.0.1:{port}", loop=asyncio.get_running_loop(), stop=stop)
        ready.set()
        await stop.wait()
        server.stop()

    asyncio.run(work())


def content_with(folder: Path, sources: Mapping[str, str]) -> Path:
    """Make a content folder in which the one cell of some pages is another."""
    apps = folder / "voila_apps"
    shutil.copytree(ROOT / "voila_apps", apps)
    for name, source in sources.items():
        launcher = json.loads((apps / f"{name}.ipynb").read_text(encoding="utf-8"))
        launcher["cells"][0]["source"] = source
        (apps / f"{name}.ipynb").write_text(json.dumps(launcher), encoding="utf-8")
    return folder


TALKING_REGISTER = {"attendance": SHOW_ENVIRONMENT}
"""The register page shows the environment of its kernel."""


def environment(
    home: Path, service: str, hub: str, sources: Mapping[str, str] = MappingProxyType(TALKING_REGISTER)
) -> dict[str, str]:
    """Return what the Hub hands to the service, and some things that kernels must not see."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ACADEMY_", "JUPYTER"))}
    return plain | {
        "ACADEMY_HOME": str(home / "state"),
        "ACADEMY_CONTENT": str(content_with(home / "content", sources)),
        "ACADEMY_SERVICE_URL": "http://127.0.0.1:1/services/academy",
        "ANOTHER_SECRET": "secret-of-the-machine",
        "JUPYTERHUB_API_TOKEN": SERVICE_SECRET,
        "JUPYTERHUB_API_URL": f"{hub}/hub/api",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_CLIENT_ID": "service-interactive",
        "JUPYTERHUB_HOST": hub,
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps([ACCESS]),
        "JUPYTERHUB_OAUTH_SCOPES": json.dumps([ACCESS]),
        "JUPYTERHUB_SERVICE_NAME": "interactive",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_SERVICE_URL": service,
    }


def wait_until_open(service: Service) -> None:
    """Wait for the first answer."""
    for _ in range(200):
        assert service.process.poll() is None, service.log.read_text(encoding="utf-8")
        try:
            httpx.get(service.url())
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the service did not start")


@contextmanager
def serving(home: Path, sources: Mapping[str, str]) -> Iterator[Service]:
    """Start a stand-in of the Hub and the real service; ``sources`` are the cells of pages that are replaced."""
    socket, port = bind_unused_port()
    socket.close()
    address = f"http://127.0.0.1:{port}"
    ready, hub = threading.Event(), {}
    thread = threading.Thread(target=run_hub, args=(f"{address}{PREFIX.rstrip('/')}", ready, hub), daemon=True)
    thread.start()
    ready.wait(10)
    log = home / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "academy.interactive"],
            env=environment(home, address, hub["url"], sources),
            cwd=home,
            stderr=stream,
        )
    service = Service(address, hub["url"], process, log)
    try:
        wait_until_open(service)
        yield service
    finally:
        process.terminate()
        process.wait(20)
        hub["loop"].call_soon_threadsafe(hub["stop"].set)
        thread.join(10)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start the service with a talking register."""
    with serving(tmp_path_factory.mktemp("interactive"), TALKING_REGISTER) as service:
        yield service


def test_a_stranger_is_sent_to_sign_in(service: Service) -> None:
    """Nobody sees a page, and no kernel starts, before the Hub has said who it is."""
    before = len(service.kernels())
    answer = service.ask(None, GAME)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{service.hub}/hub/api/oauth2/authorize")
    assert len(service.kernels()) == before


@pytest.mark.parametrize(
    ("who", "path"),
    [("davit", GAME), ("davit", REGISTER), ("nura", GAME), ("nura", REGISTER), ("salma", REGISTER)],
)
def test_a_person_without_the_right_is_refused_politely(service: Service, who: str, path: str) -> None:
    """403 with a page in plain words, and no kernel."""
    before = len(service.kernels())
    answer = service.ask(who, path)
    assert answer.status_code == 403
    assert "This page is not open to you" in answer.text
    assert len(service.kernels()) == before


@pytest.mark.parametrize("path", ["voila/render/assessment.ipynb", "voila/render/threat-budget.ipynb?cohort=A%20b"])
def test_an_address_that_is_cut_off_is_explained(service: Service, path: str) -> None:
    """One sentence that says what to do."""
    answer = service.ask("salma", path)
    assert answer.status_code == 400
    assert "Open the page again from your course" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "voila/files/threat-budget.ipynb",
        "voila/render/other.ipynb",
        "voila/render/../../state/secrets/interactive-cookie",
        "voila/tree",
        "voila/tree/",
        "voila/api/contents/threat-budget.ipynb",
        "api/contents/threat-budget.ipynb",
        "api/kernels",
        "api/sessions",
        "voila/query/0-0-0-0-0",
        "voila/static/voila.js",
        "voila/templates/academy/static/interactive.css",
        "voila/labextensions/anywidget/package.json",
        "files/../../../../../../../pyproject.toml",
        "files//etc/passwd",
        "files/manifest.json",
    ],
)
def test_what_our_pages_do_not_need_is_not_served(service: Service, path: str) -> None:
    """No tree, no contents, no files, no list of kernels; and no file outside the folders of scripts."""
    assert service.ask("anika", path).status_code in (403, 404)


def test_no_source_of_a_launcher_reaches_the_page(service: Service) -> None:
    """The page holds outputs, never the cell."""
    page = service.ask("salma", GAME).text
    assert "academy.interactive.screens" not in page
    assert "kernelId" in page


def test_the_frame_can_be_read_before_any_script_runs(service: Service) -> None:
    """The title, the way out and the text version stand in the HTML itself."""
    page = service.ask("salma", GAME + "&module=what-we-protect&lesson=nine-points").text
    assert re.search(r'role="status">\s*<p>The controls of this page are loading', page)
    assert 'href="/services/academy/c/river/lessons/what-we-protect/nine-points"' in page
    assert page.index("Leave quickly") < page.index("jupyter-config-data") < page.index("site-foot")


def test_nothing_on_a_page_points_to_another_host(service: Service) -> None:
    """Not even when the address asks for another template."""
    for path in (GAME, GAME + "&template=lab&theme=dark"):
        page = service.ask("salma", path).text
        assert not re.findall(r"https?://(?!www\.w3\.org)[^\s\"']+", page)
        assert "unsafe-eval" not in page


@pytest.mark.parametrize("path", [GAME, "files/licences.txt", "nothing-here", "files/nothing.js"])
def test_every_answer_carries_our_headers(service: Service, path: str) -> None:
    """Pages, files and errors alike: own origin only, no referrer, no sniffing, no software name."""
    headers = service.ask("salma", path).headers
    assert "script-src 'self' blob:; style-src 'self';" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, br", "br"), ("gzip, br;q=0", "gzip"), ("identity", None)])
def test_files_are_as_small_as_the_browser_takes_them(service: Service, accepted: str, *, sent: str | None) -> None:
    """A page names its files by what is in them, so that a browser may keep them; they are there for anyone."""
    page = service.ask("salma", GAME).text
    named = re.findall(r'(?:href|src)="([^"]*/files/[^"]*)"', page)
    assert len(named) >= 2
    for path in named:
        answer = service.ask(None, path.removeprefix(PREFIX), headers={"Accept-Encoding": accepted})
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding") == sent
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_shared_device_keeps_nothing(service: Service) -> None:
    """Not even a script may tell the next person at the device what was open here."""
    found = re.search(r'src="([^"]*/files/[^"]*)"', service.ask("salma", GAME).text)
    assert found
    answer = httpx.get(service.address + found[1], cookies={"academy-device": "shared"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_kernel_holds_no_secret_but_its_visitors_token(service: Service) -> None:
    """Neither the service's token nor anything else of the server's environment is there."""
    page = service.ask("anika", REGISTER).text
    held = dict(re.findall(r"\[([A-Z_]+)=([^\]]*)\]", page))
    assert held["VISITOR_TOKEN"] == token_of("anika")
    assert held["QUERY_STRING"].startswith("cohort=river")
    assert not [name for name in held if name.startswith("JUPYTERHUB_") and name != "JUPYTERHUB_BASE_URL"]
    assert SERVICE_SECRET not in page
    assert "secret-of-the-machine" not in page
    assert not [who for who in SCOPES if who != "anika" and token_of(who) in page]


def test_kernels_are_reached_through_a_folder_of_the_service_alone(service: Service) -> None:
    """No port of the machine leads to a kernel's channels; the sockets are nobody else's."""
    service.open("salma")
    kernels = service.kernels()
    assert kernels
    for kernel in kernels:
        assert kernel.net_connections("inet") == []
        assert folders_of(kernel)
        assert all(folder.stat().st_mode & 0o077 == 0 for folder in folders_of(kernel))


def folders_of(kernel: psutil.Process) -> set[Path]:
    """Return the folders in which a kernel's sockets stand."""
    return {Path(one.laddr).parent for one in kernel.net_connections("unix") if one.laddr}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "api/kernels/{}"), ("DELETE", "api/kernels/{}"), ("POST", "voila/api/shutdown/{}")],
)
def test_another_persons_kernel_is_out_of_reach(service: Service, method: str, path: str) -> None:
    """A kernel id is no key: only the person who opened the page can read or end its kernel."""
    kernel = service.open("salma")
    assert service.ask("bela", path.format(kernel), method).status_code == 403
    assert service.ask("salma", f"api/kernels/{kernel}").status_code == 200


def test_the_owner_can_end_her_kernel(service: Service) -> None:
    """Closing the page ends its kernel, and ending it twice does no harm."""
    kernel = service.open("salma")
    assert service.ask("salma", f"voila/api/shutdown/{kernel}", "POST").status_code == 204
    assert service.ask("salma", f"api/kernels/{kernel}").status_code == 403


def test_a_person_keeps_few_kernels(service: Service) -> None:
    """Opening page after page ends the oldest instead of filling the machine."""
    opened = [service.open("bela") for _ in range(5)]
    answers = [service.ask("bela", f"api/kernels/{kernel}").status_code for kernel in opened]
    assert answers == [403, 200, 200, 200, 200]


async def connect(service: Service, who: str, kernel: str, protocol: str | None) -> WebSocketClientConnection:
    """Open the websocket of a kernel."""
    url = service.url(f"api/kernels/{kernel}/channels").replace("http", "ws", 1)
    headers = {"Authorization": f"Bearer {token_of(who)}"}
    return await websocket_connect(HTTPRequest(url, headers=headers), subprotocols=[protocol] if protocol else None)


def message(kind: str, channel: str, content: dict[str, Any], protocol: str | None) -> str | bytes:
    """Write a kernel message in either form that the websocket understands."""
    header = {"msg_id": kind, "msg_type": kind, "session": "s", "username": "", "date": "", "version": "5.4"}
    if protocol is None:
        whole = {"channel": channel, "header": header, "parent_header": {}, "metadata": {}, "content": content}
        return json.dumps(whole | {"buffers": []})
    parts = [channel.encode(), *(json.dumps(part).encode() for part in (header, {}, {}, content))]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    numbers = [len(offsets), *offsets]
    return b"".join(number.to_bytes(8, "little") for number in numbers) + b"".join(parts)


@pytest.mark.parametrize("protocol", [None, "v1.kernel.websocket.jupyter.org"])
@pytest.mark.parametrize("channel", ["shell", "control"])
def test_a_visitor_cannot_run_code(service: Service, tmp_path: Path, channel: str, protocol: str | None) -> None:
    """An execute request is dropped; the kernel goes on answering what a page may ask."""
    trace = tmp_path / "trace"
    code = {"code": f"open({str(trace)!r}, 'w')", "silent": False, "user_expressions": {}, "allow_stdin": False}

    async def work() -> str:
        socket = await connect(service, "salma", service.open("salma"), protocol)
        await socket.write_message(message("execute_request", channel, code, protocol), binary=protocol is not None)
        await socket.write_message(message("kernel_info_request", channel, {}, protocol), binary=protocol is not None)
        heard = ""
        while "kernel_info_reply" not in heard:
            part = await asyncio.wait_for(socket.read_message(), 20)
            assert part is not None
            heard += part if isinstance(part, str) else part.decode("utf-8", "replace")
        socket.close()
        return heard

    heard = asyncio.run(work())
    assert "execute_reply" not in heard
    assert not trace.exists()


@pytest.mark.parametrize("who", ["bela", "anika", "davit"])
def test_another_persons_websocket_is_refused(service: Service, who: str) -> None:
    """Neither a fellow learner nor a facilitator listens in."""
    kernel = service.open("salma")
    with pytest.raises(HTTPClientError) as caught:
        asyncio.run(connect(service, who, kernel, None))
    assert caught.value.code == 403


def test_the_log_names_no_address_query_or_token(service: Service) -> None:
    """What was asked can be followed, who asked cannot."""
    service.ask("davit", GAME)
    service.ask("salma", "nothing?token=abcdefghijklmnopqrstuvwxyz")
    log = service.log.read_text(encoding="utf-8")
    assert "nothing" in log
    assert "?token" not in log
    assert "cohort=" not in log
    assert not [who for who in SCOPES if token_of(who) in log]
    assert SERVICE_SECRET not in log


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a real Chromium that can resolve no name of the outside world."""
    program = os.environ.get("ACADEMY_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(service: Service, browser: Browser) -> Iterator[Page]:
    """Give Salma a phone on which she signs in by OAuth; requests and complaints are written down."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "who", "value": "salma", "url": service.hub}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


@pytest.mark.browser
def test_the_budget_game_can_be_played(service: Service, page: Page) -> None:
    """Choose four cards, see why, try on, sort evidence: every step goes through the kernel, none to another host."""
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws", "http", 1)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(service.url(GAME))
    look = page.get_by_role("button", name="Show what my four cards do")
    look.wait_for()
    assert look.is_disabled()
    for card in ("Encrypt the laptop", "Agree with Salma", "A plan without internet", "A paid VPN"):
        page.get_by_role("checkbox", name=card).check()
    look.click()
    page.get_by_role("heading", name="Why did this change?").wait_for()
    assert "100 before, 77 with your cards" in page.locator(".sum").inner_text()
    page.get_by_role("radio", name="12 points").check()
    page.get_by_text("The lowest that 12 points can reach is 39.").wait_for()
    page.get_by_role("button", name="Put all cards back").click()
    page.get_by_text("100 before, 100 with your cards").wait_for()
    page.get_by_role("tab", name="Weigh the evidence").click()
    page.get_by_label("Two years ago, guards stopped").select_option("Intent")
    page.get_by_role("button", name="See what each one is").first.click()
    page.get_by_text("You chose “Intent”.").wait_for()
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {
        service.address.split("/")[2],
        service.hub.split("/")[2],
    }
    assert complaints == []


@pytest.mark.browser
def test_the_game_works_by_keyboard_and_fits_a_phone(service: Service, page: Page) -> None:
    """The space bar takes a card, the meter says so, controls are large and nothing has to be scrolled sideways."""
    page.goto(service.url(GAME))
    card = page.get_by_role("checkbox", name="A security key")
    card.focus()
    page.keyboard.press("Space")
    page.get_by_text("2 of 9 points spent, 1 card chosen.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    heights = page.locator("#cells button:visible, #cells .choice-card label:visible").evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


@pytest.mark.browser
def test_leaving_the_page_ends_its_kernel(service: Service, page: Page) -> None:
    """The page says goodbye with its own cookie, so nothing waits for the clean-up."""
    page.goto(service.url(GAME))
    page.get_by_role("checkbox").first.wait_for()
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    assert service.ask("salma", f"api/kernels/{kernel}").status_code == 200
    page.goto("about:blank")
    for _ in range(100):
        if service.ask("salma", f"api/kernels/{kernel}").status_code == 403:
            return
        page.wait_for_timeout(50)
    pytest.fail("the kernel is still there")


@pytest.mark.browser
def test_a_page_says_when_nobody_hears_it_any_more(service: Service, page: Page) -> None:
    """First the academy is away, then the kernel is gone: each is said, and the text version is offered."""
    page.clock.install()
    page.goto(service.url("voila/render/assessment.ipynb?cohort=river&assessment=what-we-protect"))
    page.get_by_text("This assessment could not be opened.").wait_for()
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    alert = page.get_by_role("alert")
    page.clock.fast_forward(31_000)
    page.clock.fast_forward(1_000)
    assert not alert.is_visible()
    assert service.ask("salma", f"api/kernels/{kernel}", "DELETE").status_code == 204
    page.clock.fast_forward(31_000)
    page.clock.fast_forward(16_000)
    alert.wait_for()
    assert "This page has lost its connection." in alert.inner_text()


def test_stopping_the_service_ends_every_kernel(service: Service) -> None:
    """No process and no socket outlives the service; the last test of this file, because it stops it."""
    service.open("salma")
    kernels = service.kernels()
    folders = folders_of(kernels[0])
    assert folders
    service.process.terminate()
    service.process.wait(20)
    _, alive = psutil.wait_procs(kernels, timeout=10)
    assert alive == []
    assert not [folder for folder in folders if folder.exists()]
