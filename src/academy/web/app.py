"""The academy service as a Tornado application, and its life from start to stop."""

from __future__ import annotations

import asyncio
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler
from tornado.httpserver import HTTPServer
from tornado.web import Application

from academy.config import Config, secret
from academy.grading.jobs import Runner
from academy.languages.catalogues import LANGUAGES, catalogue
from academy.routing import Route
from academy.store.database import Store
from academy.web.compression import Compression
from academy.web.dispatch import Academy, MissingHandler, RouteHandler
from academy.web.housekeeping import keep_house
from academy.web.languages import ChooseLanguage
from academy.web.log import log_request
from academy.web.reports import Reports
from academy.web.static_files import StaticFiles
from academy.web.table import ROUTES

__all__ = ["application", "serve"]

LARGEST_BODY = 2 * 1024 * 1024  # a whole assessment with its longest answers stays far below
THREADS = 4
RIGHTS_KEPT = 60  # seconds for which the Hub is not asked again what a person may


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
            (
                f"{base}/language/({'|'.join(LANGUAGES)})",
                ChooseLanguage,
                {"root": base.removesuffix("/services/academy")},
            ),
            (f"{base}/static/(?:([0-9a-f]{{12}})/)?([^/]+)", StaticFiles),
            (f"{base}/policy-reports", Reports),
            *handlers,
        ],
        transforms=[Compression],
        default_handler_class=MissingHandler,
        default_handler_args={"academy": academy},
        cookie_secret=secret(academy.config, "academy-cookie"),
        log_function=log_request,
        xsrf_cookies=True,
    )


def _root(base: str) -> str:
    """Return the path below which the whole site stands, usually empty."""
    return base.removesuffix("/services/academy")


async def serve(config: Config, environ: dict[str, str]) -> None:
    """Run the service at the address that the Hub gave it, until it is told to stop."""
    HubOAuth.instance(cache_max_age=RIGHTS_KEPT)
    for language in LANGUAGES:
        catalogue(language)  # read now, so that nobody waits for it
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
