"""The academy service as a Tornado application, and its life from start to stop."""

from __future__ import annotations

import asyncio
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler
from tornado.httpserver import HTTPServer
from tornado.web import Application, StaticFileHandler

from academy.config import Config, secret
from academy.grading.jobs import Runner
from academy.routing import Route
from academy.store.database import Store
from academy.web.dispatch import Academy, MissingHandler, RouteHandler
from academy.web.headers import HEADERS
from academy.web.housekeeping import keep_house
from academy.web.log import log_request
from academy.web.table import ROUTES

__all__ = ["application", "serve"]

LARGEST_BODY = 2 * 1024 * 1024  # a whole assessment with its longest answers stays far below
THREADS = 4
RIGHTS_KEPT = 60  # seconds for which the Hub is not asked again what a person may


class StaticFiles(StaticFileHandler):
    """The stylesheet and its few companions, readable by anyone."""

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 - Tornado's signature
        """Keep them for an hour: a new release must reach people the same day."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "public, max-age=3600")


def pattern(prefix: str, route: Route) -> str:
    """Return the regular expression of a route's path."""
    parts = [f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in route.path.split("/")]
    return prefix.removesuffix("/") + "/".join(parts)


def application(academy: Academy, prefix: str) -> Application:
    """Build the application: every route of the table, static files, the Hub's callback, and nothing else."""
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(pattern(prefix, route), {})[route.method] = route
    handlers = [(path, RouteHandler, {"academy": academy, "routes": routes}) for path, routes in by_path.items()]
    base = prefix.removesuffix("/")
    return Application(
        [
            (f"{base}/oauth_callback", HubOAuthCallbackHandler),
            (f"{base}/static/(.*)", StaticFiles, {"path": str(files("academy.web") / "static")}),
            *handlers,
        ],
        default_handler_class=MissingHandler,
        default_handler_args={"academy": academy},
        cookie_secret=secret(academy.config, "academy-cookie"),
        compress_response=True,
        log_function=log_request,
        xsrf_cookies=True,
    )


async def serve(config: Config, environ: dict[str, str]) -> None:
    """Run the service at the address that the Hub gave it, until it is told to stop."""
    HubOAuth.instance(cache_max_age=RIGHTS_KEPT)
    store = Store(config.db_url)
    runner = Runner(store, config)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="store") as executor:
        academy = Academy(
            config=config,
            store=store,
            executor=executor,
            hub_token=environ["ACADEMY_HUB_TOKEN"],
            committed=runner.wake,
        )
        app = application(academy, environ["JUPYTERHUB_SERVICE_PREFIX"])
        server = HTTPServer(app, max_buffer_size=LARGEST_BODY, max_body_size=LARGEST_BODY)
        address = urlsplit(environ["JUPYTERHUB_SERVICE_URL"])
        server.listen(address.port, address.hostname)
        runner.start()
        stop = _told_to_stop()
        await keep_house(academy, stop)
        server.stop()
        await server.close_all_connections()
        await runner.stop()
    store.close()


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
