"""Participants' own notebook servers, with the real Hub: what runs there, who gets in, and what it may reach."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
import websocket
from playwright.sync_api import Browser

from academy.config import Behaviour, Config
from academy.hub.accounts import add_account
from academy.hub.desk import fault
from academy.hub.ports import choose
from academy.hub.spawner import NOT_OFFERED
from tests.conftest import ROOT
from tests.integration.test_hub import (
    PASSPHRASE,
    Installation,
    Visitor,
    connect,
    facilitator,
    family,
    open_grading,
    prepare,
    run_in_a_kernel,
    serve,
    stop,
    words_of,
    xsrf,
)

pytestmark = [pytest.mark.hub]

MISSING = "Coding in the browser is not offered on this server"
RELEASED = "exchange/river/outbound/a/a.ipynb"
PRIVATE = (
    "store.db",
    "hub/jupyterhub.sqlite",
    "secrets/hub-token",
    "keys/somebody",
    "logs/academy.log",
    "homes/otto/notebooks/diary.ipynb",
    "servers/anika/river/private.txt",
    "nbgrader/river/gradebook.db",
    "nbgrader/river/source/a/a.ipynb",
    "nbgrader/river/keys/a.json",
    "nbgrader/river/release/unreleased/x.ipynb",
    "nbgrader/river/submitted/otto/a/a.ipynb",
    "exchange/river/inbound/otto+a/a.ipynb",
    "exchange/lake/outbound/b/b.ipynb",
    "build/assessments/a/a.ipynb",
)


def installation(home: Path) -> Config:
    """Return the configuration of an installation in ``home``."""
    store = f"sqlite:///{home / 'store.db'}"
    return Config(home=home, port=choose().hub, db_url=store, content=ROOT, behaviour=Behaviour())


@pytest.fixture(scope="module")
def academy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Serve a programme with one cohort, and with something private in every place."""
    config = installation(tmp_path_factory.mktemp("home"))
    before = os.umask(0o077)
    invitations = prepare(config)
    if fault(config):
        pytest.skip("bubblewrap does not work here")
    for name in (*PRIVATE, RELEASED):
        file = config.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() and file.suffix != ".sqlite":
            file.write_text("released to all" if name == RELEASED else "kept apart")
    running = Installation(config, serve(config), *invitations)
    yield running
    stop(running.process)
    os.umask(before)


def open_notebooks(visitor: Visitor) -> httpx.Response:
    """Follow the link to one's own server and wait until it has started."""
    response = visitor.get("/hub/notebooks")
    until = time.monotonic() + 60
    while "being prepared" in response.text and time.monotonic() < until:
        time.sleep(0.2)
        response = visitor.get(str(response.url))
    return response


@pytest.fixture(scope="module")
def salma(academy: Installation) -> Visitor:
    """Let Salma join and open her server."""
    visitor = Visitor(academy)
    visitor.sign_up(academy.members, "salma")
    assert open_notebooks(visitor).url.path == "/user/salma/lab"
    return visitor


def doors(academy: Installation) -> list[psutil.Process]:
    """Return the processes of all doors."""
    return [one for one in family(academy.process) if "academy.hub.door" in words_of(one)]


def door_of(academy: Installation, username: str) -> psutil.Process:
    """Return the process of somebody's door."""
    return next(one for one in doors(academy) if one.environ().get("JUPYTERHUB_USER") == username)


EXPLORE = """
import json, os, socket
from pathlib import Path
home, private, ports = Path({home!r}), {private!r}, {ports!r}
def tried(action):
    try:
        action()
        return True
    except OSError:
        return False
def reached(family, address):
    with socket.socket(family) as one:
        one.settimeout(2)
        return one.connect_ex(address) == 0
top = Path("/home/learner")
released = top / "assessments/river/a/a.ipynb"
processes = [one for one in os.listdir("/proc") if one.isdigit()]
environments = [Path("/proc", one, "environ").read_bytes().decode() for one in processes]
print(json.dumps({{
    "read": [name for name in private if tried((home / name).read_text)],
    "installation": tried(lambda: os.listdir(home)) and os.listdir(home),
    "top": sorted(os.listdir(top)), "assessments": os.listdir(top / "assessments"),
    "lessons": len(list((top / "lessons").rglob("*.ipynb"))),
    "released": released.read_text(), "rewritten": tried(lambda: released.write_text("x")),
    "removed": tried(released.unlink), "beside": tried(lambda: (top / "new").write_text("x")),
    "lesson": tried(lambda: (top / "lessons/new").write_text("x")),
    "python": tried(lambda: Path({prefix!r}, "new").write_text("x")),
    "content": os.path.exists({content!r}),
    "environment": sorted(os.environ), "environments": environments, "processes": len(processes),
    "reached": [port for port in ports if reached(socket.AF_INET, ("127.0.0.1", port))],
    "outside": reached(socket.AF_INET, ("192.0.2.1", 80)), "outside6": reached(socket.AF_INET6, ("2001:db8::1", 80)),
    "interfaces": [name for _, name in socket.if_nameindex()],
    "here": os.getcwd(), "own": tried(lambda: Path("work.ipynb").write_text("mine")),
    "people": os.path.exists("/etc/passwd"),
    "status": Path("/proc/self/status").read_text(),
    "command": Path("/proc/self/cmdline").read_text().split("\\0"),
}}))
"""


def test_her_code_sees_her_notebooks_and_what_was_released_and_nothing_else(
    academy: Installation, salma: Visitor
) -> None:
    """Asked in a real kernel: no database, store, secret, person, key, gradebook, inbound work; nobody's network."""
    home = academy.config.home
    ports = [academy.config.port, *json.loads((home / "hub" / "ports.json").read_text()).values()]
    secrets = [file.read_text() for file in (home / "secrets").iterdir()]
    secrets.append(door_of(academy, "salma").environ()["JUPYTERHUB_API_TOKEN"])
    code = EXPLORE.format(
        home=str(home), private=PRIVATE, ports=ports, content=str(ROOT / "assessments"), prefix=sys.prefix
    )
    found = json.loads(run_in_a_kernel(academy, salma, code, "/user/salma"))
    assert found["read"] == []
    assert found["installation"] in (False, [])
    assert found["top"] == ["assessments", "lessons", "my-notebooks"]
    assert found["assessments"] == ["river"]
    assert found["lessons"] > 0
    assert found["released"] == "released to all"
    for never in ("rewritten", "removed", "beside", "lesson", "python", "content", "outside", "outside6", "people"):
        assert not found[never], never
    assert not [name for name in found["environment"] if name.startswith(("ACADEMY_", "CONFIGPROXY_", "JUPYTERHUB_"))]
    assert not [secret for secret in secrets if any(secret in text for text in found["environments"])]
    assert found["reached"] == []
    assert found["interfaces"] == ["lo"]
    assert found["processes"] < 12
    assert "academy.kernels.warm" in found["command"], "her kernel is a fork of the warm process"
    assert found["here"] == "/home/learner/my-notebooks"
    assert found["own"]
    assert (home / "homes" / "salma" / "notebooks" / "work.ipynb").read_text() == "mine"
    status = dict(line.split(":\t", 1) for line in found["status"].splitlines() if ":\t" in line)
    assert (status["NoNewPrivs"], status["CapEff"], status["CapBnd"]) == ("1", "0" * 16, "0" * 16)


def test_her_folder_is_closed_to_other_users_of_the_machine(academy: Installation, salma: Visitor) -> None:
    """And named by nothing but her user name."""
    assert salma
    for folder in ("homes", "homes/salma", "homes/salma/notebooks"):
        assert (academy.config.home / folder).stat().st_mode & 0o777 == 0o700, folder


def test_nbgrader_is_not_in_a_participants_server(salma: Visitor) -> None:
    """No formgrader, no list of assignments, neither as a page nor in JupyterLab; no terminal, no Voilà."""
    for path in ("formgrader", "assignments", "courses", "assignment_list", "voila/render/x.ipynb", "api/terminals"):
        assert salma.get(f"/user/salma/{path}").status_code == 404, path
    page = salma.get("/user/salma/lab").text
    assert '"@jupyter/nbgrader"' in page.partition('"disabledExtensions"')[2].partition("]")[0]


def test_nobody_else_gets_through_her_door(academy: Installation, salma: Visitor) -> None:
    """Neither another participant, nor her facilitator, nor somebody without a place, nor a stranger."""
    assert salma
    add_account(academy.config, "davit", PASSPHRASE)
    otto, davit, anika, stranger = Visitor(academy), Visitor(academy), facilitator(academy), Visitor(academy)
    otto.sign_up(academy.members, "otto")
    davit.sign_in("davit")
    for path in ("/user/salma/lab", "/user/salma/api/contents", "/user/salma/files/my-notebooks/work.ipynb"):
        for visitor in (otto, davit, anika):
            assert visitor.get(path).status_code == 403, path
        assert stranger.get(path).url.path == "/hub/login"
    for visitor in (otto, davit, anika, stranger):
        with pytest.raises(websocket.WebSocketBadStatusException):
            connect(academy, visitor, "/user/salma/api/events/subscribe")
    token = {"X-XSRFToken": otto.http.cookies.get("_xsrf", path="/hub/") or ""}
    assert otto.http.delete("/hub/api/users/salma/server", headers=token).status_code in (403, 404)


def test_a_participant_does_not_get_into_a_facilitators_server(academy: Installation, salma: Visitor) -> None:
    """And facilitating is not taking part: the other link is not for her."""
    anika = facilitator(academy)
    assert open_grading(anika, "manage_students").status_code == 200
    assert salma.get("/user/anika/river/lab").status_code in (403, 404)
    assert salma.get("/user/anika/river/formgrader").status_code in (403, 404)
    assert anika.get("/hub/notebooks").status_code == 403
    assert anika.get("/hub/spawn/anika").status_code == 403


def test_somebody_without_a_place_can_start_none(academy: Installation) -> None:
    """By the link, by the Hub's own pages or by its API."""
    add_account(academy.config, "rail", PASSPHRASE)
    rail = Visitor(academy)
    rail.sign_in("rail")
    for path in ("/hub/notebooks", "/hub/spawn", "/hub/spawn/rail"):
        assert rail.get(path).status_code in (403, 404), path
    token = {"X-XSRFToken": rail.http.cookies.get("_xsrf", path="/hub/") or ""}
    assert rail.http.post("/hub/api/users/rail/server", headers=token).status_code in (403, 404)
    assert not (academy.config.home / "homes" / "rail").exists()


def test_a_form_of_another_page_changes_nothing(academy: Installation, salma: Visitor) -> None:
    """Without the token of her own page a request is refused, and so is a socket from another origin."""
    made = salma.http.post("/user/salma/api/kernels", json={"name": "python3"})
    assert made.status_code == 403
    kept = salma.http.put("/user/salma/api/contents/my-notebooks/x.txt", json={"type": "file", "content": "x"})
    assert kept.status_code == 403
    with pytest.raises(websocket.WebSocketBadStatusException):
        connect(academy, salma, "/user/salma/api/events/subscribe", origin="http://203.0.113.5")


ANOTHER_SERVER = r"""
import os, socket, time
time.sleep(1)
os.unlink("/run/desk/lab.sock")
server = socket.socket(socket.AF_UNIX)
server.bind("/run/desk/lab.sock")
server.listen(9)
while True:
    line, _ = server.accept()
    body = b"mine" + line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: _xsrf=x; Path=/\r\n"
        b"Service-Worker-Allowed: /\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    line.close()
"""
REPLACE = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {ANOTHER_SERVER!r}], start_new_session=True)
"""


def test_what_she_puts_in_the_place_of_her_server_harms_nobody_else(academy: Installation) -> None:
    """Her own program answers only to herself, learns no cookie and no token, and sets no cookie for other pages."""
    wren, otto = Visitor(academy), Visitor(academy)
    wren.sign_up(academy.members, "wren")
    otto.sign_up(academy.members, "heron")
    open_notebooks(wren)
    run_in_a_kernel(academy, wren, REPLACE, "/user/wren")
    until = time.monotonic() + 20
    page = wren.get("/user/wren/lab")
    while not page.text.startswith("mine") and time.monotonic() < until:
        time.sleep(0.2)
        page = wren.get("/user/wren/lab")
    assert page.text.startswith("mine")
    assert "cookie" not in page.text.lower()
    assert "authorization" not in page.text.lower()
    assert "Service-Worker-Allowed" not in page.headers
    assert "x" not in [one.value for one in wren.http.cookies.jar]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert otto.get("/user/wren/lab").status_code == 403
    assert otto.get("/user/wren/").status_code == 403


def has_ended(process: psutil.Process, *, within: float = 20) -> bool:
    """Wait for an end; whether the Hub has looked after what ended, it decides by itself, every half minute."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


HUNGRY = """
import subprocess, sys, time
for _ in range(260):
    subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
time.sleep(600)
"""


def test_a_server_that_takes_too_much_is_stopped_and_the_academy_goes_on(academy: Installation) -> None:
    """Too many processes end it, all of them; its owner can start it again and finds her files."""
    crake = Visitor(academy)
    crake.sign_up(academy.members, "crake")
    open_notebooks(crake)
    door = door_of(academy, "crake")
    with pytest.raises((websocket.WebSocketException, OSError, ValueError)):
        run_in_a_kernel(academy, crake, HUNGRY, "/user/crake")
    assert has_ended(door)
    assert crake.get("/services/academy/c/river").status_code == 200
    assert [one for one in family(academy.process) if "time.sleep(600)" in " ".join(words_of(one))] == []
    files = "/user/crake/api/contents/my-notebooks"
    until = time.monotonic() + 60
    while crake.get(files).status_code != 200 and time.monotonic() < until:
        time.sleep(0.5)
        open_notebooks(crake)  # it is started once the Hub knows that it has ended
    assert crake.get(files).status_code == 200


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_in_a_browser_she_runs_a_cell_and_nothing_is_asked_of_another_host(
    academy: Installation, browser: Browser
) -> None:
    """From the link on her page to a result and a kept notebook; what it weighs is what the link says."""
    Visitor(academy).sign_up(academy.members, "dunlin")
    page = browser.new_page()
    asked: list[str] = []
    weights: list[int] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(academy.address)
    page.get_by_label("User name").fill("dunlin")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    link = page.get_by_role("link", name="Code in your own notebook server")
    link.wait_for()
    page.on("response", lambda response: weights.append(int(response.headers.get("content-length", 0))))
    link.click()
    page.wait_for_url("**/user/dunlin/lab**", timeout=60_000)
    page.locator(".jp-LauncherCard").first.click(timeout=60_000)
    cell = page.locator(".jp-Notebook .jp-Cell .cm-content").first
    cell.click(timeout=60_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)  # JupyterLab drops what is run before
    page.keyboard.type("print(6 * 7)")
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="42").wait_for(timeout=60_000)
    assert page.get_by_text("Nbgrader", exact=True).count() == 0, "its menu"
    page.close()
    assert [url for url in asked if not url.startswith((f"{academy.address}/", "data:", "blob:"))] == []
    assert 1_500_000 < sum(weights) < 2_500_000, weights
    assert list((academy.config.home / "homes" / "dunlin" / "notebooks").glob("*.ipynb"))


def test_stopping_the_academy_leaves_no_server_and_no_socket(academy: Installation) -> None:
    """Doors and all behind them end with the Hub."""
    folders = [Path(words_of(door)[4]) for door in doors(academy)]
    assert folders
    assert stop(academy.process) == []
    assert [folder for folder in folders if folder.exists()] == []


@pytest.mark.parametrize("behaviour", ["grading_servers: unconfined", "participant_servers: none"])
def test_where_servers_are_not_confined_or_not_wanted_participants_get_none(tmp_path: Path, behaviour: str) -> None:
    """No link, no right and no server; where the walls are missing the page says so in one sentence."""
    config = installation(tmp_path)
    (config.home / "academy.yml").write_text(behaviour)
    academy = Installation(config, serve(config), *prepare(config))
    try:
        visitor = Visitor(academy)
        visitor.sign_up(academy.members, "salma")
        home = unescape(visitor.get("/services/academy/c/river").text)
        assert "/hub/notebooks" not in home
        assert (MISSING in home) == (behaviour == "grading_servers: unconfined")
        refused = visitor.get("/hub/notebooks")
        assert refused.status_code == 501
        assert NOT_OFFERED in " ".join(unescape(refused.text).split())
        for path in ("/hub/spawn", "/hub/spawn/salma"):
            assert visitor.get(path).status_code in (403, 404), path
        assert visitor.http.post("/hub/api/users/salma/server", headers=xsrf(visitor, "/hub")).status_code == 403
        assert not (config.home / "homes" / "salma").exists()
    finally:
        stop(academy.process)
