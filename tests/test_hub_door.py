"""The door of a participant's server, in front of a small server, with a Hub that knows three tokens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyterhub.services.auth import HubOAuth
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets, bind_unix_socket
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect

from academy.hub import door

BASE = "/user/salma/"
SCOPE = "access:servers!server=salma/"


@dataclass
class Scene:
    """A Hub, a door and a server inside."""

    address: str
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the Hub says about a token."""

    async def ask(self, path: str, *, token: str | None = "salma", **how: Any) -> HTTPResponse:  # noqa: S107 - a name
        """Send a request to the door."""
        headers = how.pop("headers", {}) | ({"Authorization": f"token {token}"} if token else {})
        request = HTTPRequest(f"http://{self.address}{path}", headers=headers, follow_redirects=False, **how)
        return await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)


class Hub(RequestHandler):
    """Answers who has a token."""

    def get(self) -> None:
        """Tell who it is."""
        scene: Scene = self.settings["scene"]
        token = self.request.headers["Authorization"].split()[-1]
        self.set_status(200 if token in scene.people else 403)
        self.write(scene.people.get(token, {}))


class Server(RequestHandler):
    """Says what reached it, with headers that must not get out."""

    def get(self) -> None:
        """Answer like a server that means ill."""
        self.set_header("Set-Cookie", "_xsrf=mine; Path=/")
        self.set_header("Service-Worker-Allowed", "/")
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Content-Security-Policy", "sandbox")
        self.set_header("Content-Type", "application/x-mine")
        self.finish(json.dumps({"headers": dict(self.request.headers), "uri": self.request.uri}))

    def put(self) -> None:
        """Give back what came."""
        self.set_status(201)
        self.finish(self.request.body)


class Echo(WebSocketHandler):
    """Says everything twice."""

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Choose the last."""
        return subprotocols[-1] if subprotocols else None

    async def on_message(self, message: str | bytes) -> None:
        """Say it twice."""
        await self.write_message(message * 2, binary=isinstance(message, bytes))


def person(name: str, *scopes: str) -> dict[str, Any]:
    """Return what the Hub says about somebody."""
    return {"kind": "user", "name": name, "scopes": list(scopes), "groups": [], "admin": False}


@asynccontextmanager
async def scene(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """Start the three; Otto has a right to this server by mistake, Davit has none."""
    (hub_socket,), (door_socket,) = (bind_sockets(0, "127.0.0.1") for _ in range(2))
    found = Scene(f"127.0.0.1:{door_socket.getsockname()[1]}")
    found.people |= {
        "salma": person("salma", SCOPE), "otto": person("otto", SCOPE), "davit": person("davit"),
        "service": {"kind": "service", "name": "salma", "scopes": [SCOPE]},
    }  # fmt: skip
    hub_port = hub_socket.getsockname()[1]
    for name, value in {
        "API_TOKEN": "of-the-door", "CLIENT_ID": "jupyterhub-user-salma", "SERVICE_PREFIX": BASE, "BASE_URL": "/",
        "API_URL": f"http://127.0.0.1:{hub_port}/hub/api", "OAUTH_ACCESS_SCOPES": json.dumps([SCOPE]),
        "OAUTH_CALLBACK_URL": f"{BASE}oauth_callback", "USER": "salma",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"JUPYTERHUB_{name}", value)
    HubOAuth.clear_instance()
    HubOAuth.instance()
    servers = [
        HTTPServer(Application([(r".*", Hub)], scene=found)),
        HTTPServer(Application([(rf"{BASE}line", Echo), (r".*", Server)])),
        HTTPServer(door.application(door.inside(folder, "salma"), BASE)),
    ]
    sockets = (hub_socket, bind_unix_socket(str(folder / "lab.sock")), door_socket)
    for server, one in zip(servers, sockets, strict=True):
        server.add_socket(one)
    yield found
    for server in servers:
        server.stop()
        await server.close_all_connections()
    HubOAuth.clear_instance()


def test_only_the_owner_is_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not somebody with the right and another name, a service, somebody without the right, or an unknown token."""

    async def main() -> None:
        async with scene(tmp_path, monkeypatch) as door_:
            codes = {token: (await door_.ask(f"{BASE}x", token=token)).code for token in door_.people}
            assert codes == {"salma": 200, "otto": 403, "davit": 403, "service": 403}
            assert (await door_.ask(f"{BASE}x", token="made-up")).code in (302, 403)

    asyncio.run(main())


def test_who_is_not_signed_in_is_asked_to_where_she_opens_a_page_and_refused_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script, a form or a socket is not led anywhere."""

    async def main() -> None:
        async with scene(tmp_path, monkeypatch) as door_:
            page = await door_.ask(f"{BASE}lab", token=None)
            assert page.code == 302
            assert page.headers["Location"].startswith("/hub/api/oauth2/authorize?client_id=jupyterhub-user-salma")
            script = await door_.ask(f"{BASE}api", token=None, headers={"Sec-Fetch-Mode": "cors"})
            form = await door_.ask(f"{BASE}api", token=None, method="PUT", body="x")
            line = await door_.ask(f"{BASE}line", token=None, headers={"Upgrade": "websocket"})
            assert [one.code for one in (script, form, line)] == [403, 403, 403]

    asyncio.run(main())


def test_neither_cookies_nor_tokens_get_in_and_only_listed_headers_get_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the answer, its kind stays; both policies of content hold."""

    async def main() -> None:
        async with scene(tmp_path, monkeypatch) as door_:
            sent = {"Cookie": "jupyterhub-session-id=secret", "X-Mine": "secret", "Accept": "text/x"}
            answer = await door_.ask(f"{BASE}x?a=1", headers=sent)
            reached = json.loads(answer.body)
            assert reached["uri"] == f"{BASE}x?a=1"
            assert reached["headers"]["Accept"] == "text/x"
            assert "secret" not in answer.body.decode()
            assert "salma" not in json.dumps(reached["headers"])
            assert answer.headers["Content-Type"] == "application/x-mine"
            assert not {"Service-Worker-Allowed", "Access-Control-Allow-Origin"} & set(answer.headers)
            assert not [one for one in answer.headers.get_list("Set-Cookie") if "mine" in one]
            policies = answer.headers.get_list("Content-Security-Policy")
            assert any("frame-ancestors 'none'" in policy for policy in policies)
            assert "sandbox" in policies

    asyncio.run(main())


def test_what_is_sent_arrives_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Method, body and status."""

    async def main() -> None:
        async with scene(tmp_path, monkeypatch) as door_:
            answer = await door_.ask(f"{BASE}x", method="PUT", body=b"\x00\xff" * 1000)
            assert (answer.code, answer.body) == (201, b"\x00\xff" * 1000)

    asyncio.run(main())


@pytest.mark.parametrize("message", ["word", b"\x00\x01"])
def test_messages_travel_both_ways_and_the_protocol_is_chosen_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str | bytes
) -> None:
    """Text and bytes; the line ends once the Hub no longer knows her."""
    monkeypatch.setattr(door, "RIGHTS_KEPT", 0.2)

    async def main() -> None:
        async with scene(tmp_path, monkeypatch) as door_:
            request = HTTPRequest(f"ws://{door_.address}{BASE}line", headers={"Authorization": "token salma"})
            line = await websocket_connect(request, subprotocols=["one", "two"])
            assert line.selected_subprotocol == "two"
            await line.write_message(message, binary=isinstance(message, bytes))
            assert await line.read_message() == message * 2
            door_.people["salma"] = person("salma")
            HubOAuth.instance().cache.clear()  # as after a minute
            assert await asyncio.wait_for(line.read_message(), 20) is None

    asyncio.run(main())


def test_a_server_that_is_gone_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anybody is asked who she is: the Hub takes it as not ready."""

    async def main() -> None:
        async with scene(tmp_path, monkeypatch) as door_:
            (tmp_path / "lab.sock").unlink()
            answer = await door_.ask(f"{BASE}lab", token=None)
            assert (answer.code, answer.body.decode()) == (503, door.NOT_READY)

    asyncio.run(main())
