"""What every answer carries, how it travels, and how long a browser may keep it: asked of a real server."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from academy.web import reports
from academy.web.compression import Compression, best_coding, compressed
from academy.web.headers import HEADERS
from academy.web.reports import Reports, counted, family_of
from academy.web.static_files import StaticFiles, static_files, static_path

ROOT = Path(__file__).parents[1]
PAGE = "<p>" + "calm words about water and rivers " * 60 + "</p>"


class Page(RequestHandler):
    """A page of text."""

    def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(PAGE)


def ask(path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> HTTPResponse:
    """Return what the service's own small handlers answer."""

    async def fetch() -> HTTPResponse:
        handlers = [
            (r"/page", Page),
            (r"/static/(?:([0-9a-f]{12})/)?([^/]+)", StaticFiles),
            (r"/policy-reports", Reports),
        ]
        server = HTTPServer(Application(handlers, transforms=[Compression], xsrf_cookies=True))
        socket, port = bind_unused_port()
        server.add_socket(socket)
        request = HTTPRequest(
            f"http://127.0.0.1:{port}{path}",
            method="GET" if body is None else "POST",
            headers=dict(headers or {}),
            body=body,
            decompress_response=False,
        )
        try:
            return await AsyncHTTPClient().fetch(request, raise_error=False)
        finally:
            server.stop()

    return asyncio.run(fetch())


# --- how it travels ---


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0,gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("BR", "br"),
    ],
)
def test_the_best_coding_that_the_browser_reads_is_chosen(accepted: str, coding: str | None) -> None:
    """Brotli, else gzip, else none; what it refuses is not chosen."""
    assert best_coding(accepted) == coding


@given(st.binary(max_size=5000))
def test_a_compressed_answer_is_the_same_answer(body: bytes) -> None:
    """Whatever is in it, in either coding."""
    assert brotli.decompress(compressed(body, "br")) == body
    assert gzip.decompress(compressed(body, "gzip")) == body


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_page_travels_compressed(coding: str) -> None:
    """And says so, also to caches; its length is the length of what is sent."""
    answer = ask("/page", {"Accept-Encoding": coding})
    read = brotli.decompress if coding == "br" else gzip.decompress
    assert answer.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.body) < len(PAGE) / 5
    assert read(answer.body).decode() == PAGE


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_asks_for_travels_as_it_is(site: str) -> None:
    """Its size then tells nobody whether words of theirs stand beside a secret of ours."""
    answer = ask("/page", {"Accept-Encoding": "br, gzip", "Sec-Fetch-Site": site})
    assert "Content-Encoding" not in answer.headers
    assert answer.body.decode() == PAGE


# --- static files ---


def test_the_one_stylesheet_is_small_and_needs_no_other_host() -> None:
    """Below 15 KB as written; no import, no font, no picture from anywhere."""
    sheets = [name for name in static_files() if name.endswith(".css")]
    body = static_files()["academy.css"].body
    assert sheets == ["academy.css"]
    assert len(body) < 15_000
    assert b"url(" not in body
    assert b"@import" not in body
    assert b"system-ui" in body


def test_scripts_are_small_and_there_are_few() -> None:
    """They only add to pages that work without them."""
    scripts = {name: file.body for name, file in static_files().items() if name.endswith(".js")}
    assert sum(map(len, scripts.values())) < 8_000


def test_an_address_with_the_hash_of_its_content_may_be_kept_for_ever() -> None:
    """A new release has another address, so nobody waits for it."""
    answer = ask(static_path("academy.css"), {"Cookie": "academy-device=own"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.body == static_files()["academy.css"].body


@pytest.mark.parametrize("path", ["/static/academy.css", "/static/0123456789ab/academy.css"])
def test_another_address_of_a_file_gives_the_newest_and_is_not_kept(path: str) -> None:
    """A page that stood open during a release finds its stylesheet."""
    answer = ask(path, {"Cookie": "academy-device=own"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body == static_files()["academy.css"].body


@pytest.mark.parametrize("cookie", ["academy-device=shared", "academy-device=mine", ""])
def test_on_a_shared_device_not_even_the_stylesheet_is_kept(cookie: str) -> None:
    """Its address would tell that the site was open. Who has not said whose device it is, is on a shared one."""
    answer = ask(static_path("academy.css"), {"Cookie": cookie})
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_has_the_file_is_told_so_without_sending_it_again() -> None:
    """A conditional request costs a few bytes."""
    version = ask(static_path("academy.css")).headers["ETag"]
    answer = ask(static_path("academy.css"), {"If-None-Match": version})
    assert (answer.code, answer.body) == (304, b"")


@pytest.mark.parametrize("name", ["..%2fapp.py", "nothing.css", "academy.css%00", "%2e%2e"])
def test_nothing_else_is_served(name: str) -> None:
    """Files are looked up by name in a list, never on the disk."""
    assert ask(f"/static/{name}").code == 404


# --- headers and reports ---


@pytest.mark.parametrize("path", ["/static/nothing", static_path("academy.css"), "/policy-reports"])
def test_every_answer_carries_the_headers(path: str) -> None:
    """Errors too."""
    answer = ask(path)
    for name in set(HEADERS) - {"Cache-Control"}:
        assert answer.headers[name] == HEADERS[name]


def test_the_policy_names_no_other_host_and_no_inline_script() -> None:
    """Only our own origin, and reports to ourselves."""
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert not any(word in policy for word in ("http:", "https:", "*", "unsafe", "//"))
    assert "report-uri /services/academy/policy-reports" in policy


def report(**said: str) -> bytes:
    """Return a report as browsers send it."""
    return json.dumps({"csp-report": said}).encode()


def test_a_report_is_counted_by_directive_and_kind_of_page() -> None:
    """And by nothing else: neither the address of the page nor what it asked for."""
    body = report(**{"document-uri": "https://a.example/hub/login?next=/salma", "effective-directive": "img-src"})
    assert counted(body) == ("img-src", "hub")


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_report_can_put_no_words_of_its_own_into_the_counts(directive: str, address: str) -> None:
    """There is a short list of what they hold, whatever is sent."""
    known = {*reports.DIRECTIVES, "other"}, {*(name for _, name in reports.FAMILIES), "formgrader", "other"}
    try:
        kind, family = counted(report(**{"document-uri": address, "effective-directive": directive}))
    except ValueError:
        return
    assert kind in known[0]
    assert family in known[1]


@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("http://127.0.0.1:8000/services/academy/c/river", "plain"),
        ("/services/interactive/voila/render/x.ipynb", "interactive"),
        ("/user/anika/river/formgrader/gradebook", "formgrader"),
        ("/user/salma/lab", "notebooks"),
        ("about:blank", "other"),
    ],
)
def test_pages_are_counted_by_family(address: str, family: str) -> None:
    """So that somebody knows where to look."""
    assert family_of(address) == family


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"csp-report": 1}', b"\xff", b"{" * 20_000])
def test_what_is_no_report_is_refused_quietly(body: bytes) -> None:
    """Anybody can send anything here."""
    assert ask("/policy-reports", body=body).code == 400


def test_a_report_needs_no_sign_in_and_is_answered_with_nothing() -> None:
    """Browsers send it by themselves."""
    answer = ask("/policy-reports", body=report(**{"document-uri": "/hub/x", "effective-directive": "style-src"}))
    assert (answer.code, answer.body) == (204, b"")
    assert reports._COUNTS["style-src", "hub"] >= 1
