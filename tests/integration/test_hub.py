"""The real Hub, proxy and services, as ``academy serve`` starts them, visited as a browser without scripts would."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import nbformat
import onetimepass  # type: ignore[import-untyped]
import psutil  # type: ignore[import-untyped]
import pytest
import websocket
from playwright.sync_api import Browser
from sqlalchemy import create_engine, inspect

from academy import clock
from academy.config import Behaviour, Config
from academy.demo.programme import ACCOUNTS
from academy.grading import bridge
from academy.grading.keys import dump
from academy.grading.model import CourseFolder, course_folder
from academy.hub.accounts import add_account
from academy.hub.confinement import REFUSED, fault
from academy.hub.ports import choose
from academy.people import actions, queries
from academy.people.model import Role
from academy.rights import Actor
from academy.store.database import Store
from tests.conftest import COHORT, ROOT
from tests.databases import postgres_url
from tests.integration.grading_sample import ASSIGNMENT, QUESTIONS, delivery, notebook

pytestmark = [pytest.mark.hub]

PASSPHRASE = "seven quiet herons wade"
TELLTALE_ADDRESS = "203.0.113.77"
TELLTALE_DEVICE = "Telltale-Browser"


@dataclass
class Installation:
    """A running academy."""

    config: Config
    process: subprocess.Popen[str]
    members: str
    """Invitation of participants, with many seats."""
    facilitator: str
    coordinator: str

    @property
    def address(self) -> str:
        """Public address."""
        return f"http://127.0.0.1:{self.config.port}"

    def accounts(self) -> set[str]:
        """User names that have an account."""
        with sqlite3.connect(self.config.home / "hub" / "jupyterhub.sqlite") as db:
            return {name for (name,) in db.execute("SELECT username FROM users_info")}


class Visitor:
    """Somebody with a browser that runs no script."""

    def __init__(self, academy: Installation) -> None:
        headers = {"X-Forwarded-For": TELLTALE_ADDRESS, "User-Agent": TELLTALE_DEVICE}
        self.http = httpx.Client(base_url=academy.address, follow_redirects=True, headers=headers, timeout=30)

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path)

    def send(self, page: str, **fields: str) -> httpx.Response:
        """Open a page and send its form."""
        form = self.get(page).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        action = unescape(re.search(r'<form method="post" action="([^"]*)"', form)[1])  # type: ignore[index]
        return self.http.post(action, data={**hidden, **fields})

    def sign_up(self, code: str, username: str, password: str = PASSPHRASE, again: str | None = None) -> httpx.Response:
        """Use an invitation."""
        twice = password if again is None else again
        return self.send("/hub/signup", code=code, username=username, password=password, password_again=twice)

    def sign_in(self, username: str, password: str = PASSPHRASE, **fields: str) -> httpx.Response:
        """Sign in."""
        return self.send("/hub/login", username=username, password=password, **fields)


def problem_in(response: httpx.Response) -> str:
    """Return the sentence that the page says above its form."""
    found = re.search(r'role="alert".*?<strong>(.*?)</strong>', response.text, re.DOTALL)
    return unescape(found[1]) if found else ""


def prepare(config: Config) -> tuple[str, str, str]:
    """Make the cohort and its invitations, as a coordinator would."""
    store = Store(config.db_url)
    store.migrate()
    setup = Actor(username="setup", person=None, scopes=frozenset(), participates=frozenset(), facilitates=frozenset())
    codes = []
    with store.write() as db:
        now = clock.now()
        actions.create_cohort(db, actor=setup, now=now, cohort=COHORT)
        for role, cohort, seats in (
            (Role.PARTICIPANT, "river", 50),
            (Role.FACILITATOR, "river", 1),
            (Role.COORDINATOR, None, 1),
        ):
            code = actions.create_invitation(db, actor="setup", now=now, role=role, cohort=cohort, seats=seats, days=30)
            codes.append(code)
    store.close()
    return codes[0], codes[1], codes[2]


def serve(config: Config, *options: str, through: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start ``academy serve``, by another program where one is named, and wait until it greets."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ACADEMY_")}
    environ |= {"ACADEMY_HOME": str(config.home), "ACADEMY_PORT": str(config.port), "ACADEMY_DB_URL": config.db_url}
    process = subprocess.Popen(
        [*through, sys.executable, "-m", "academy.cli", "serve", *options],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    log = config.home / "logs" / "academy.log"
    assert "The academy is at" in line, line + (log.read_text() if log.exists() else "")
    return process


def stop(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Press Ctrl-C; return what is still there of all the processes that it had started."""
    if process.poll() is not None:
        return []
    members = family(process)
    process.send_signal(signal.SIGINT)
    process.wait(60)
    return still_there(members)


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return every process of a run."""
    return [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


def still_there(members: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that have not ended."""
    return [member for member in members if member.is_running() and member.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def academy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Serve an empty programme with one cohort."""
    home = tmp_path_factory.mktemp("home")
    config = Config(
        home=home, port=choose().hub, db_url=f"sqlite:///{home / 'store.db'}", content=ROOT, behaviour=Behaviour()
    )
    before = os.umask(0o077)  # these tests write into the installation, as the academy would
    members, facilitator, coordinator = prepare(config)
    if fault(config):
        (home / "academy.yml").write_text("grading_servers: unconfined\n")  # no bubblewrap on this machine
    installation = Installation(config, serve(config), members, facilitator, coordinator)
    yield installation
    stop(installation.process)
    os.umask(before)


def test_an_invitation_makes_an_account_and_leads_home(academy: Installation) -> None:
    """With a right code, a user name and a passphrase a person is signed in and lands in the academy."""
    visitor = Visitor(academy)
    page = visitor.sign_up(academy.members, "Wren")
    assert page.status_code == 200
    assert str(page.url).startswith(f"{academy.address}/services/academy/")
    assert visitor.get("/services/academy/api/me").json()["participates"] == ["river"]


def test_a_code_may_be_typed_as_it_was_heard(academy: Installation) -> None:
    """Capitals and spaces in the code do not matter."""
    assert Visitor(academy).sign_up(academy.members.upper().replace("-", " "), "lark").status_code == 200


def test_a_wrong_invitation_changes_nothing_and_keeps_what_was_typed(academy: Installation) -> None:
    """One sentence; code and user name stay in the form, the passphrase does not; no account is made."""
    page = Visitor(academy).sign_up("abcd-efgh-jkmn-pqrs", "heron")
    assert page.status_code == 400
    assert problem_in(page).startswith("This invitation code is not known.")
    assert 'value="heron"' in page.text
    assert 'value="abcd-efgh-jkmn-pqrs"' in page.text
    assert PASSPHRASE not in page.text
    assert "heron" not in academy.accounts()


def test_a_used_invitation_lets_nobody_else_in(academy: Installation) -> None:
    """The one place of the facilitator's invitation is taken by the first who uses it."""
    assert Visitor(academy).sign_up(academy.facilitator, "anika").status_code == 200
    page = Visitor(academy).sign_up(academy.facilitator, "intruder")
    assert "All places of this invitation are taken." in problem_in(page)
    assert "intruder" not in academy.accounts()


def test_a_sign_up_that_broke_half_way_can_be_sent_again(academy: Installation) -> None:
    """Where the place was given and the account not made, the same form brings the account."""
    store = Store(academy.config.db_url)
    with store.write() as db:
        actions.enrol(db, now=clock.now(), username="plover", code=academy.members)
        used = queries.invitation_by_code(db, academy.members).used  # type: ignore[union-attr]
    assert Visitor(academy).sign_up(academy.members, "plover").status_code == 200
    with store.read() as db:
        assert queries.invitation_by_code(db, academy.members).used == used  # type: ignore[union-attr]
    store.close()


def test_a_taken_user_name_is_refused_and_its_owner_gets_no_other_place(academy: Installation) -> None:
    """Nobody can use an invitation in another person's name."""
    Visitor(academy).sign_up(academy.members, "sparrow")
    page = Visitor(academy).sign_up(academy.coordinator, "sparrow", "another long passphrase")
    assert "taken" in problem_in(page)
    visitor = Visitor(academy)
    visitor.sign_in("sparrow")
    assert visitor.get("/services/academy/api/me").json()["coordinates"] is False
    again = Visitor(academy).sign_up(academy.members, "sparrow", "another long passphrase")
    assert "taken" in problem_in(again)
    assert Visitor(academy).sign_in("sparrow", "another long passphrase").status_code == 403


def test_without_an_invitation_nobody_learns_which_names_there_are(academy: Installation) -> None:
    """A wrong code is answered alike for a name that is taken and one that is free."""
    Visitor(academy).sign_up(academy.members, "pipit")
    taken, free = (Visitor(academy).sign_up("abcd-efgh-jkmn-pqrs", name) for name in ("pipit", "free-name"))
    assert problem_in(taken) == problem_in(free)
    assert taken.status_code == free.status_code


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "too short"),
        ("qwertyqwerty", "qwertyqwerty", "easy to guess"),
        ("QwertyQwerty", "QwertyQwerty", "easy to guess"),
        ("seven quiet herons wade", "seven quiet herons wake", "not the same"),
        ("x" * 300, "x" * 300, "too long"),
    ],
)
def test_a_weak_passphrase_is_refused(academy: Installation, password: str, again: str, said: str) -> None:
    """Short, common and mistyped passphrases make no account and use no place."""
    page = Visitor(academy).sign_up(academy.members, "dunlin", password, again)
    assert page.status_code == 400
    assert said in problem_in(page)
    assert "dunlin" not in academy.accounts()


@pytest.mark.parametrize("username", ["ab", "-abc", "salma@example.org", "a b c", "é" * 5, "../etc", "x" * 32])
def test_a_user_name_of_another_form_is_refused(academy: Installation, username: str) -> None:
    """The pattern keeps names out that would break addresses, folders or lists, and e-mail addresses."""
    page = Visitor(academy).sign_up(academy.members, username)
    assert problem_in(page).startswith("Choose a user name")


def test_a_form_with_unknown_fields_is_refused(academy: Installation) -> None:
    """A field that the form does not have is not ignored."""
    page = Visitor(academy).send(
        "/hub/signup", code=academy.members, username="stint", password=PASSPHRASE, password_again=PASSPHRASE, admin="1"
    )
    assert "does not belong here" in problem_in(page)
    assert "stint" not in academy.accounts()


def test_a_form_without_its_token_is_refused(academy: Installation) -> None:
    """Another site cannot sign anybody up or in."""
    visitor = Visitor(academy)
    visitor.get("/hub/signup")
    for page in ("signup", "login", "reset"):
        sent = visitor.http.post(f"/hub/{page}", data={"username": "wren", "password": PASSPHRASE})
        assert sent.status_code == 403


def test_long_passphrases_in_any_script_count_to_their_last_letter(academy: Installation) -> None:
    """Nothing is cut off, however many bytes a letter has."""
    words = "ሰባት ጸጥ ያሉ ሽመላዎች በውሃ ውስጥ ይራመዳሉ ሁልጊዜ ማለዳ"
    Visitor(academy).sign_up(academy.members, "ibis", words)
    assert Visitor(academy).sign_in("ibis", words + "!").status_code == 403
    assert Visitor(academy).sign_in("ibis", words).status_code == 200


def test_five_wrong_passphrases_lock_out_and_a_one_time_code_lets_back_in(academy: Installation) -> None:
    """The sixth try waits even with the right passphrase; the facilitator's code sets a new one at once."""
    first = Visitor(academy)
    first.sign_up(academy.members, "grebe")
    for _ in range(5):
        page = Visitor(academy).sign_in("grebe", "seven wrong herons wade")
        assert page.status_code == 403
        assert "is not right" in problem_in(page)
    assert "too many tries" in problem_in(Visitor(academy).sign_in("grebe"))

    visitor = Visitor(academy)
    code = reset_code(academy, "grebe")
    new = "eight quiet herons fly"
    wrong = visitor.send("/hub/reset", username="grebe", code="wrong", password=new, password_again=new)
    assert problem_in(wrong).startswith("This code is not right.")
    assert 'value="grebe"' in wrong.text
    done = visitor.send("/hub/reset", username="grebe", code=code, password=new, password_again=new)
    assert "Your new passphrase is set" in done.text
    again = visitor.send("/hub/reset", username="grebe", code=code, password=PASSPHRASE, password_again=PASSPHRASE)
    assert again.status_code == 409
    assert Visitor(academy).sign_in("grebe").status_code == 403
    assert Visitor(academy).sign_in("grebe", new).status_code == 200
    assert "Sign in" in first.get("/hub/home").text, "a session from before the reset has ended"


def test_an_unknown_user_name_is_answered_like_a_wrong_passphrase(academy: Installation) -> None:
    """Who has an account cannot be found out by trying, not even from the lock-out."""
    Visitor(academy).sign_up(academy.members, "coot")
    known = [Visitor(academy).sign_in("coot", "wrong wrong wrong") for _ in range(6)]
    unknown = [Visitor(academy).sign_in("nobody-here", "wrong wrong wrong") for _ in range(6)]
    assert [problem_in(page) for page in known] == [problem_in(page) for page in unknown]


def reset_code(academy: Installation, username: str) -> str:
    """Return a one-time code, as the facilitator's page shows it."""
    store = Store(academy.config.db_url)
    with store.write() as db:
        person = queries.person_by_username(db, username)
        actor = queries.actor(db, username="anika", scopes=frozenset())
        assert person is not None
        code = actions.issue_reset_code(db, actor=actor, now=clock.now(), person=person.id, username=username, hours=1)
    store.close()
    return code


def with_a_code(secret: str, send: Callable[[str], Any]) -> Any:
    """Send the code that the app shows; the next one if it changed on the way, as it does every half minute."""
    code = onetimepass.get_totp(secret)
    answer = send(str(code).zfill(6))
    now = onetimepass.get_totp(secret)
    return answer if now == code else send(str(now).zfill(6))


def test_an_authenticator_app_can_be_set_up_and_is_then_needed(academy: Installation) -> None:
    """It is switched on with a code that it shows; a one-time code switches it off."""
    visitor = Visitor(academy)
    visitor.sign_up(academy.members, "tern")
    page = visitor.get("/hub/two-factor").text
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")  # type: ignore[index]
    wrong = visitor.send("/hub/two-factor", **{"password": PASSPHRASE, "2fa": "000000"})
    assert "not the code that the app shows" in problem_in(wrong)
    sent = with_a_code(secret, lambda code: visitor.send("/hub/two-factor", **{"password": PASSPHRASE, "2fa": code}))
    assert "It is on" in sent.text
    assert Visitor(academy).sign_in("tern").status_code == 403
    signed_in = with_a_code(secret, lambda code: Visitor(academy).sign_in("tern", **{"2fa": code}))
    assert signed_in.status_code == 200
    new = "nine quiet herons sleep"
    one_time = reset_code(academy, "tern")
    Visitor(academy).send("/hub/reset", username="tern", code=one_time, password=new, password_again=new)
    assert Visitor(academy).sign_in("tern", new).status_code == 200


def test_a_passphrase_is_changed_by_who_knows_it_and_other_devices_are_signed_out(academy: Installation) -> None:
    """The present passphrase is asked for; this device stays signed in."""
    here, there = Visitor(academy), Visitor(academy)
    here.sign_up(academy.members, "knot")
    there.sign_in("knot")
    new = "ten quiet herons return"
    fields = {"password": new, "password_again": new}
    assert problem_in(here.send("/hub/change-password", old_password="not this one", **fields))
    assert "is set" in here.send("/hub/change-password", old_password=PASSPHRASE, **fields).text
    assert here.get("/hub/home").url.path == "/hub/home"
    assert there.get("/hub/home").url.path == "/hub/login"
    assert Visitor(academy).sign_in("knot", new).status_code == 200


def test_signing_out_ends_the_session_everywhere_in_the_browser(academy: Installation) -> None:
    """After it the academy asks to sign in again."""
    visitor = Visitor(academy)
    visitor.sign_up(academy.members, "avocet")
    assert "You are signed out" in visitor.get("/hub/logout").text
    assert visitor.get("/services/academy/").url.path == "/hub/login"


def test_a_participant_can_start_no_server_but_her_own(academy: Installation) -> None:
    """Neither by page, by form, by API nor by the grading link; nor make a token for it."""
    visitor = Visitor(academy)
    visitor.sign_up(academy.members, "snipe")
    for path in ("/hub/spawn/anika", "/hub/spawn/anika/river", "/hub/grading/river", "/hub/admin", "/hub/token/x"):
        assert visitor.get(path).status_code in (403, 404), path
    assert visitor.get("/hub/spawn/snipe/river").status_code in (403, 500), "a grading server"
    token = {"X-XSRFToken": visitor.http.cookies.get("_xsrf", path="/hub/") or ""}
    for path in ("anika/server", "anika/servers/river", "snipe/servers/river", "snipe/tokens"):
        assert visitor.http.post(f"/hub/api/users/{path}", headers=token).status_code in (403, 404), path
    assert visitor.http.get("/hub/api/users", headers=token).status_code == 403
    assert not [member for member in family(academy.process) if "singleuser" in " ".join(words_of(member))]


def test_somebody_without_a_place_is_refused_by_both_services(academy: Installation) -> None:
    """An account in no group signs in and gets no further."""
    add_account(academy.config, "davit", PASSPHRASE)
    visitor = Visitor(academy)
    assert visitor.sign_in("davit").status_code == 403
    for path in ("/services/academy/", "/services/academy/c/river", "/services/interactive/", "/hub/grading/river"):
        assert visitor.get(path).status_code == 403, path
    for path in ("/hub/notebooks", "/hub/spawn", "/hub/spawn/davit"):
        assert visitor.get(path).status_code in (403, 404), path


def test_an_account_without_a_place_can_use_an_invitation(academy: Installation) -> None:
    """Signed in, only the code is asked for; after signing in again the place is there."""
    add_account(academy.config, "whimbrel", PASSPHRASE)
    visitor = Visitor(academy)
    visitor.sign_in("whimbrel")
    visitor.send("/hub/signup", code=academy.members)
    visitor.sign_in("whimbrel")
    assert visitor.get("/services/academy/api/me").json()["participates"] == ["river"]


def test_every_page_of_the_hub_is_plain_and_loads_only_from_here(academy: Installation) -> None:
    """No script, no style of the Hub's, no other host; a policy that would stop them."""
    visitor = Visitor(academy)
    pages = [visitor.get(path) for path in ("/hub/login", "/hub/signup", "/hub/reset", "/hub/nothing-here")]
    visitor.sign_up(academy.members, "dotterel")
    inside = ("change-password", "two-factor", "home", "token", "spawn", "admin", "logout")
    pages += [visitor.get(f"/hub/{path}") for path in inside]
    for page in pages:
        assert "<script" not in page.text, page.url
        assert not re.findall(r'(?:href|src)="(?:https?:)?//', page.text), page.url
        assert "JupyterHub" not in page.text, page.url
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'"), page.url
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def words_of(process: psutil.Process) -> list[str]:
    """Return the command line of a process; that of one that has just ended is empty."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def facilitator(academy: Installation) -> Visitor:
    """Return the facilitator of the cohort "river", signed in."""
    visitor = Visitor(academy)
    visitor.sign_up(academy.facilitator, "anika")
    visitor.sign_in("anika")
    return visitor


def open_grading(visitor: Visitor, page: str) -> httpx.Response:
    """Follow the link to grading and wait until the server has started."""
    response = visitor.get(f"/hub/grading/river?page={page}")
    until = time.monotonic() + 60
    while "being prepared" in response.text and time.monotonic() < until:
        response = visitor.get(str(response.url))
    return response


def xsrf(visitor: Visitor, server: str = "/user/anika/river") -> dict[str, str]:
    """Return what a script of a server's page sends along."""
    return {"X-XSRFToken": visitor.http.cookies.get("_xsrf", path=f"{server}/") or ""}


def run_in_a_kernel(academy: Installation, visitor: Visitor, code: str, server: str = "/user/anika/river") -> str:
    """Run code as a notebook of her server would, and return what it prints."""
    made = visitor.http.post(f"{server}/api/kernels", json={"name": "python3"}, headers=xsrf(visitor, server))
    assert made.status_code == 201, made.text
    kernel = made.json()["id"]
    line = connect(academy, visitor, f"{server}/api/kernels/{kernel}/channels")
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "s", "username": "anika", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
    line.send(
        json.dumps({"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content})
    )
    printed = ""
    ended: set[str] = set()
    while ended != {"execute_reply", "idle"}:  # they come on two channels, in any order
        message = json.loads(line.recv())
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        kind, told = message["header"]["msg_type"], message["content"]
        assert kind != "error", told
        printed += told["text"] if kind == "stream" else ""
        ended |= {kind, told.get("execution_state")} & {"execute_reply", "idle"}
    line.close()
    visitor.http.delete(f"{server}/api/kernels/{kernel}", headers=xsrf(visitor, server))
    return printed


def connect(academy: Installation, visitor: Visitor, path: str, *, origin: str | None = None) -> websocket.WebSocket:
    """Open a web socket as a page of this origin would: with the cookies that belong to the path."""
    cookies = "; ".join(f"{one.name}={one.value}" for one in visitor.http.cookies.jar if path.startswith(one.path[:-1]))
    address = f"{academy.address}{path}".replace("http", "ws", 1)
    return websocket.create_connection(address, cookie=cookies, origin=origin or academy.address, timeout=60)


EXPLORE = """
import json, os
from pathlib import Path
home = Path({home!r})
found = sorted(str(file.relative_to(home)) for file in home.rglob("*") if file.is_file())
outside = [name for name in ("store.db", "hub/jupyterhub.sqlite", "secrets/hub-token", "secrets/proxy", "keys", "logs",
    "nbgrader/lake", "exchange/lake", "servers/otto", "build") if (home / name).exists()]
def refused(path):
    try:
        path.write_text("x")
    except OSError:
        return True
    return False
print(json.dumps({{
    "found": found, "outside": outside, "processes": [name for name in os.listdir("/proc") if name.isdigit()],
    "written": [str(path) for path in (home / "new", home / "nbgrader" / "new", Path("/usr/new")) if not refused(path)],
    "names": sorted(os.environ), "here": os.getcwd(), "writes_here": not refused(Path("note.txt")),
}}))
"""


def test_a_facilitators_kernel_sees_her_cohort_and_nothing_else(academy: Installation) -> None:
    """Asked in a real kernel of her server: no store, no account, no secret, no other cohort, no other process."""
    if fault(academy.config):
        pytest.skip("bubblewrap does not work here")
    for folder in ("nbgrader/lake", "exchange/lake", "servers/otto/lake", "keys"):
        (academy.config.home / folder).mkdir(parents=True, exist_ok=True)
        (academy.config.home / folder / "private.txt").write_text("kept apart")
    visitor = facilitator(academy)
    open_grading(visitor, "manage_students")
    found = json.loads(run_in_a_kernel(academy, visitor, EXPLORE.format(home=str(academy.config.home))))
    allowed = ("nbgrader/river/", "exchange/river/", "servers/anika/river/")
    assert [file for file in found["found"] if not file.startswith(allowed)] == []
    assert found["outside"] == []
    assert found["written"] == []
    assert found["writes_here"]
    assert found["here"] == str(academy.config.courses_dir / "river")
    assert len(found["processes"]) < 12
    assert not [name for name in found["names"] if name.startswith(("ACADEMY_", "CONFIGPROXY_"))]


def test_a_facilitator_opens_formgrader_by_one_link(academy: Installation) -> None:
    """The link starts her server for that cohort and leads to formgrader; its environment holds no secret of ours."""
    visitor = facilitator(academy)
    page = open_grading(visitor, "manage_students")
    assert page.url.path == "/user/anika/river/formgrader/manage_students"
    assert "<title>nbgrader formgrade</title>" in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert visitor.get("/hub/spawn/anika/lake").status_code != 200, "no cohort of hers"
    server = next(member for member in family(academy.process) if "jupyterhub.singleuser" in words_of(member))
    assert not [name for name in server.environ() if name.startswith(("ACADEMY_", "CONFIGPROXY_"))]
    other = Visitor(academy)
    other.sign_up(academy.members, "ruff")
    assert other.get("/user/anika/river/formgrader").status_code in (403, 404)


@pytest.fixture(scope="module")
def marked(academy: Installation) -> CourseFolder:
    """Hand in and mark one person's answers; then let her notebook show what a hostile one would."""
    course = course_folder(academy.config, "river")
    bridge.release(course, ASSIGNMENT, notebook(), dump(QUESTIONS), None)
    bridge.add_students(course, ["wren"])
    bridge.deliver(course, ASSIGNMENT, delivery("wren"))
    bridge.collect(course, ASSIGNMENT)
    bridge.autograde(course, ASSIGNMENT)
    file = course.autograded(ASSIGNMENT, "wren") / f"{ASSIGNMENT}.ipynb"
    nb = nbformat.read(file, as_version=4)
    html = "<script>document.title = 'taken over'</script><img src='x' onerror='document.title = 1'>"
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source += html
    file.chmod(0o600)
    nbformat.write(nb, file)
    return course


def test_every_step_of_grading_works_behind_the_walls(academy: Installation, marked: CourseFolder) -> None:
    """In formgrader itself: collect again, mark again, write and release the feedback."""
    visitor = facilitator(academy)
    open_grading(visitor, f"manage_submissions/{ASSIGNMENT}")
    api = "/user/anika/river/formgrader/api"
    for step in (
        f"assignment/{ASSIGNMENT}/collect",
        f"submission/{ASSIGNMENT}/wren/autograde",
        f"assignment/{ASSIGNMENT}/wren/generate_feedback",
        f"assignment/{ASSIGNMENT}/wren/release_feedback",
    ):
        done = visitor.http.post(f"{api}/{step}", headers=xsrf(visitor))
        assert done.json()["success"], done.json()
    assert list((marked.exchange / "river" / "feedback").glob("*.html"))


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_grading_in_a_browser_asks_no_other_host_and_runs_nothing_that_a_learner_wrote(
    academy: Installation, marked: CourseFolder, browser: Browser
) -> None:
    """Formgrader's pages work, marks and comments are kept, and the policy refuses only the learner's scripts."""
    Visitor(academy).sign_up(academy.facilitator, "anika")
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{academy.address}/hub/login?next=/hub/grading/river")
    page.get_by_label("User name").fill("anika")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/user/anika/river/formgrader/**", timeout=60_000)
    formgrader = f"{academy.address}/user/anika/river/formgrader"
    page.get_by_role("link", name=ASSIGNMENT, exact=True).wait_for()
    for name in ("manage_students", "gradebook", f"gradebook/{ASSIGNMENT}", f"manage_submissions/{ASSIGNMENT}"):
        page.goto(f"{formgrader}/{name}")
        page.wait_for_load_state("networkidle")
    page.goto(f"{formgrader}/gradebook/{ASSIGNMENT}/{ASSIGNMENT}")
    page.get_by_role("link", name="Submission #1").click()
    page.wait_for_url("**/formgrader/submissions/**")
    page.wait_for_load_state("networkidle")
    page.locator("#rc-a").fill("3")
    page.locator("#rc-a-comment").fill("A clear plan.")
    with page.expect_response(lambda response: "/api/comment/" in response.url):
        page.locator("#rc-a-comment").blur()
    assert page.title() == ASSIGNMENT
    page.locator(".name-hidden.glyphicon").click()
    page.locator("a.name-shown").wait_for(state="visible")
    page.goto(f"{academy.address}/user/anika/river/lab")
    page.wait_for_load_state("networkidle")
    page.close()
    assert [url for url in asked if not url.startswith((f"{academy.address}/", "data:", "blob:"))] == []
    with sqlite3.connect(marked.root / "gradebook.db") as book:
        assert (3.0,) in book.execute("SELECT manual_score FROM grade").fetchall()
        assert ("A clear plan.",) in book.execute("SELECT manual_comment FROM comment").fetchall()


def test_a_service_that_dies_is_back_within_seconds(academy: Installation) -> None:
    """The Hub notices after a second and starts it again; sessions go on."""
    visitor = Visitor(academy)
    visitor.sign_up(academy.members, "godwit")
    service = next(
        child
        for child in psutil.Process(academy.process.pid).children(recursive=True)
        if "academy.web" in child.cmdline()
    )
    service.kill()
    service.wait(5)
    killed = time.monotonic()
    while visitor.get("/services/academy/help").status_code != 200:
        assert time.monotonic() - killed < 20
    assert visitor.get("/services/academy/api/me").json()["username"] == "godwit"


def test_nothing_keeps_an_address_a_device_or_a_passphrase(academy: Installation) -> None:
    """After all these visits no file of the installation holds what would tell where somebody was."""
    Visitor(academy).get("/services/academy/help")
    telltales = [text.encode() for text in (TELLTALE_ADDRESS, TELLTALE_DEVICE, PASSPHRASE)]
    for file in academy.config.home.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not [text for text in telltales if text in data], file


def test_everything_is_readable_by_its_owner_only(academy: Installation) -> None:
    """Folders and files are closed to other users; nbgrader and IPython set their own modes behind closed doors."""
    home = academy.config.home
    behind_doors = {academy.config.courses_dir, academy.config.exchange_dir, home / "servers"}
    paths = [path for path in (home, *home.rglob("*")) if not behind_doors & {path, *path.parents}]
    assert [path for path in paths if not path.is_symlink() and path.stat().st_mode & 0o077] == []
    assert academy.config.courses_dir.stat().st_mode & 0o077 == 0
    assert (home / "servers").stat().st_mode & 0o077 == 0


def test_ctrl_c_leaves_no_process_and_a_second_start_keeps_everything(academy: Installation) -> None:
    """Hub, proxy, services and servers end; accounts and places are there again afterwards."""
    Visitor(academy).sign_up(academy.members, "curlew")
    assert stop(academy.process) == []
    academy.process = serve(academy.config)
    visitor = Visitor(academy)
    assert visitor.sign_in("curlew").status_code == 200
    assert visitor.get("/services/academy/api/me").json()["participates"] == ["river"]


def test_when_the_hub_dies_nothing_is_left_and_one_sentence_says_so(academy: Installation) -> None:
    """What it had started is found and stopped; the exit code tells that something went wrong."""
    members = family(academy.process)
    hub = next(member for member in members if "jupyterhub_config.py" in " ".join(member.cmdline()))
    hub.kill()
    said, _ = academy.process.communicate(timeout=30)
    assert "The Hub stopped unexpectedly" in said
    assert academy.process.returncode == 2
    assert still_there(members) == []


def test_without_bubblewrap_no_server_is_started_but_in_the_demo(tmp_path: Path) -> None:
    """The start and the page say what to install; the demo says that its servers have no walls, and starts them."""
    config = Config(
        home=tmp_path,
        port=choose().hub,
        db_url=f"sqlite:///{tmp_path / 'store.db'}",
        content=ROOT,
        behaviour=Behaviour(),
    )
    program = shutil.which("bwrap")
    if program is None or fault(config):
        pytest.skip("bubblewrap does not work here")
    hide = 'mount --bind /dev/null "$0" && exec "$@"'
    hidden = ("unshare", "--map-root-user", "--mount", "sh", "-c", hide, program)
    academy = Installation(config, serve(config, through=hidden), *prepare(config))
    visitor = facilitator(academy)
    page = open_grading(visitor, "manage_students")
    assert page.status_code == 501
    assert unescape(re.sub(r"\s+", " ", page.text)).count(REFUSED) == 1
    stop(academy.process)
    assert academy.process.stdout is not None
    assert "cannot be confined (bwrap does not run: PermissionError) and are refused" in academy.process.stdout.read()

    (config.home / ACCOUNTS).touch()  # as if all of it stood already
    academy.process = serve(config, "--demo", through=hidden)
    assert open_grading(visitor, "manage_students").url.path == "/user/anika/river/formgrader/manage_students"
    assert not [member for member in family(academy.process) if "bwrap" in words_of(member)]
    stop(academy.process)
    assert academy.process.stdout is not None
    assert "run unconfined (bwrap does not run: PermissionError)" in academy.process.stdout.read()


@pytest.mark.postgres
def test_on_postgresql_the_hub_has_a_schema_of_its_own(tmp_path: Path) -> None:
    """The first coordinator signs up with the printed link; store and Hub share the database and no table."""
    config = Config(home=tmp_path, port=choose().hub, db_url=postgres_url(), content=ROOT, behaviour=Behaviour())
    process = serve(config)
    assert process.stdout is not None
    code = process.stdout.readline().strip().split("code=")[1]
    visitor = Visitor(Installation(config, process, "", "", ""))
    visitor.sign_up(code, "nura")
    assert visitor.get("/services/academy/api/me").json()["coordinates"] is True
    assert stop(process) == []
    tables = inspect(create_engine(config.db_url.replace("postgresql://", "postgresql+psycopg://")))
    assert "users_info" in tables.get_table_names("hub")
    assert "users_info" not in tables.get_table_names("public")
    assert "person" not in tables.get_table_names("hub")
    assert not list((tmp_path / "hub").glob("*.sqlite"))
