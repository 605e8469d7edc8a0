"""The door of a participant's server: asks the Hub who comes, and lets the owner through, nobody else.

What runs inside belongs to a learner, who may put anything in the place of JupyterLab. So the door, outside, holds the
server's token with the Hub, decides about each request, and passes on neither cookies nor tokens. What comes out
reaches its owner's browser only, and only with headers from a list.

``python -m academy.hub.door FOLDER COMMAND …`` starts the command, which listens on a socket in the folder.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jupyterhub
import psutil  # type: ignore[import-untyped]
from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated, UserNotAllowed
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders
from tornado.netutil import Resolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.web import Application, HTTPError
from tornado.websocket import WebSocketClientConnection, WebSocketHandler, websocket_connect

from academy.hub.confinement import GIBIBYTE
from academy.hub.desk import OPEN_AT, environment
from academy.hub.family import end_with_parent
from academy.hub.server_headers import HEADERS

__all__ = ["MOST_MEMORY", "MOST_PROCESSES", "Door", "Inside", "application", "main"]

PASSED_IN = (
    "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "If-Modified-Since", "If-None-Match", "Range",
)  # fmt: skip
PASSED_OUT = (
    "Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Range", "Content-Type",
    "Etag", "Expires", "Last-Modified", "Location", "Vary",
)  # fmt: skip
"""Never cookies, which would be set for the whole academy, nor a wider scope for a page's worker."""
LARGEST = 64 << 20
"""Bytes of the largest file or message that passes."""
RIGHTS_KEPT = 60
"""Seconds for which the Hub's answer about a person holds."""
LONGEST_REQUEST = 120.0  # seconds
MOST_MEMORY = 3 * GIBIBYTE
MOST_PROCESSES = 200
LOOK_EVERY = 1.0  # seconds
SAFE_METHODS = ("GET", "HEAD")
WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
NOT_YOURS = "This notebook server belongs to somebody else."
NOT_READY = "This notebook server is not running. Start it again from your course's page."


class _OneSocket(Resolver):
    """Finds every name at one socket."""

    def initialize(self, path: str) -> None:
        self.path = path

    async def resolve(self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC) -> Any:  # noqa: ARG002
        """Return the socket."""
        return [(socket.AF_UNIX, self.path)]


@dataclass(frozen=True, slots=True)
class Inside:
    """The server behind the door."""

    socket: Path
    """Where it listens."""
    owner: str
    """User name of the one person who may enter."""
    resolver: Resolver
    client: SimpleAsyncHTTPClient

    def is_there(self) -> bool:
        """Tell whether it has begun to listen."""
        return self.socket.exists()


def inside(folder: Path, owner: str) -> Inside:
    """Return the server that listens in ``folder``."""
    resolver = _OneSocket(path=str(folder / OPEN_AT))
    client = SimpleAsyncHTTPClient(
        force_instance=True, resolver=resolver, max_clients=100, max_buffer_size=LARGEST, max_body_size=LARGEST
    )
    return Inside(folder / OPEN_AT, owner, resolver, client)


class Door(HubOAuthenticated, WebSocketHandler):
    """Every address of the server."""

    def initialize(self, inside: Inside) -> None:
        """Remember the server."""
        self.inside = inside
        self.bridge: WebSocketClientConnection | None = None
        self.tasks: tuple[asyncio.Task[None], ...] = ()

    def set_default_headers(self) -> None:
        """Set the policy of pages, whatever comes from inside."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("X-JupyterHub-Version", jupyterhub.__version__)

    def compute_etag(self) -> None:
        """Leave that to the server inside."""

    async def prepare(self) -> None:
        """Ask the Hub who comes, also whether a form is from our own page; then let in or send away."""
        if not self.inside.is_there():
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, NOT_READY)
        model = await self.hub_auth.get_user(self, sync=False)
        if model is None:
            self._ask_to_sign_in()
            return
        if not self._is_owner(model):
            raise HTTPError(HTTPStatus.FORBIDDEN, NOT_YOURS)
        if self.request.method in SAFE_METHODS:
            _ = self.xsrf_token  # its cookie is set where a page is opened

    def _is_owner(self, model: dict[str, Any]) -> bool:
        try:
            self.check_hub_user(model)
        except UserNotAllowed:
            return False
        return (model.get("kind"), model.get("name")) == ("user", self.inside.owner)

    def _ask_to_sign_in(self) -> None:
        opens_a_page = self.request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        if self.request.method not in SAFE_METHODS or not opens_a_page or self._is_socket():
            raise HTTPError(HTTPStatus.FORBIDDEN, NOT_YOURS)
        self.redirect(self.get_login_url())

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 - Tornado fixes the signature
        """Say one sentence of ours."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(error.log_message if isinstance(error, HTTPError) and error.log_message else NOT_READY)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Keep where a fault of ours is, and nothing about who did what."""
        if not isinstance(value, HTTPError):
            last = traceback.extract_tb(tb)[-1]
            logging.getLogger(__name__).error("%s at %s:%s", typ.__name__, Path(last.filename).name, last.lineno)

    def _is_socket(self) -> bool:
        return str(self.request.headers.get("Upgrade", "")).lower() == "websocket"

    async def get(self) -> None:
        """Pass a page on, or connect a socket."""
        if self._is_socket():
            await self._connect()
        else:
            await self._pass_on()

    async def _pass_on(self) -> None:
        request = HTTPRequest(
            f"http://localhost{self.request.uri}",
            method=str(self.request.method),
            headers=self._passed_in(),
            body=self.request.body or None,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            decompress_response=False,
            request_timeout=LONGEST_REQUEST,
        )
        try:
            response = await self.inside.client.fetch(request, raise_error=False)
        except Exception:  # noqa: BLE001 - whatever a learner's program answers is no fault of ours
            raise HTTPError(HTTPStatus.BAD_GATEWAY, NOT_READY) from None
        self._answer(response)

    def _passed_in(self) -> HTTPHeaders:
        given = self.request.headers
        return HTTPHeaders({name: given[name] for name in PASSED_IN if name in given})

    def _answer(self, response: HTTPResponse) -> None:
        code = response.code if HTTPStatus.OK <= response.code < 599 else HTTPStatus.BAD_GATEWAY  # noqa: PLR2004
        self.set_status(code, "Answer")
        for name in PASSED_OUT:
            if name in response.headers:
                self.set_header(name, response.headers[name])
        for policy in response.headers.get_list("Content-Security-Policy"):
            self.add_header("Content-Security-Policy", policy)  # the stricter of the two holds
        if code not in WITHOUT_BODY and self.request.method != "HEAD":
            self.write(response.body or b"")
        self.finish()

    head = post = put = patch = delete = options = _pass_on

    # --- web sockets ---

    async def _connect(self) -> None:
        wanted = [word.strip() for word in self.request.headers.get("Sec-WebSocket-Protocol", "").split(",") if word]
        request = HTTPRequest(f"ws://localhost{self.request.uri}", headers=HTTPHeaders())
        try:
            self.bridge = await websocket_connect(
                request, subprotocols=wanted or None, resolver=self.inside.resolver, max_message_size=LARGEST
            )
        except Exception:  # noqa: BLE001 - as above
            raise HTTPError(HTTPStatus.BAD_GATEWAY, NOT_READY) from None
        await super().get()
        if self.ws_connection is None:
            self.bridge.close()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:  # noqa: ARG002 - the server inside chooses
        """Return what the server inside has chosen."""
        return self.bridge.selected_subprotocol if self.bridge else None

    def open(self, *args: str, **kwargs: str) -> None:  # noqa: ARG002 - Tornado fixes the signature
        """Begin to carry messages outwards."""
        self.tasks = (asyncio.create_task(self._carry_out()), asyncio.create_task(self._ask_again()))

    async def _carry_out(self) -> None:
        assert self.bridge is not None  # noqa: S101 - opened before
        with suppress(Exception):  # the browser has gone
            while (message := await self.bridge.read_message()) is not None:
                await self.write_message(message, binary=isinstance(message, bytes))
        self.close()

    async def _ask_again(self) -> None:
        """Close the line once the Hub no longer knows her as its owner; it may stay open for hours."""
        known = True
        while known:
            await asyncio.sleep(RIGHTS_KEPT)
            del self._cached_hub_user  # the Hub's answer to this request, which would be given again
            known = False
            with suppress(Exception):  # no answer, or a cookie that ran out
                model = await self.hub_auth.get_user(self, sync=False)
                known = model is not None and self._is_owner(model)
        self.close()

    async def on_message(self, message: str | bytes) -> None:
        """Carry a message inwards."""
        if self.bridge is not None:
            with suppress(Exception):
                await self.bridge.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        """Close the other end, too."""
        for task in self.tasks:
            task.cancel()
        if self.bridge is not None:
            self.bridge.close()


def application(inside: Inside, base: str) -> Application:
    """Return the door as a Tornado application."""
    return Application(
        [(f"{base}oauth_callback", HubOAuthCallbackHandler), (r".*", Door, {"inside": inside})],
        compress_response=True,  # to a third
        cookie_secret=secrets.token_bytes(32),
        log_function=lambda _: None,
        websocket_max_message_size=LARGEST,
        websocket_ping_interval=30,
    )


def too_much(process: psutil.Process) -> bool:
    """Tell whether a server and all that it started take more than is theirs."""
    members = process.children(recursive=True)
    if len(members) > MOST_PROCESSES:
        return True
    memory = 0
    for member in members:
        with suppress(psutil.Error):
            memory += member.memory_info().rss
    return memory > MOST_MEMORY


async def _watch(server: subprocess.Popen[bytes], told: asyncio.Event) -> None:
    """Wait until the server ends, takes too much, or is to be stopped."""
    process = psutil.Process(server.pid)
    while server.poll() is None and not told.is_set() and not too_much(process):
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), LOOK_EVERY)


async def _serve(folder: Path, command: list[str]) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    HubOAuth.instance(cache_max_age=RIGHTS_KEPT)
    app = application(inside(folder, os.environ["JUPYTERHUB_USER"]), os.environ["JUPYTERHUB_SERVICE_PREFIX"])
    http = HTTPServer(app, max_buffer_size=LARGEST, max_body_size=LARGEST)
    http.listen(address.port, address.hostname)
    # the file with the filter stays open for bubblewrap; nothing else of ours is inheritable
    server = subprocess.Popen(  # noqa: ASYNC220, S603 - our own words, once
        command, env=environment(os.environ), close_fds=False, stdin=subprocess.DEVNULL
    )
    try:
        await _watch(server, told)
    finally:
        server.kill()  # all that runs inside ends with it
        server.wait()


def main() -> None:
    """Run the door until the server ends or the Hub does."""
    logging.disable(logging.WARNING)  # below that, libraries tell who came from where
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    end_with_parent()
    try:
        asyncio.run(_serve(folder, command))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
