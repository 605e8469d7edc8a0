"""Who may open which interactive page, and what its kernel gets to know."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import AcademyError, BadInput, NotAllowed, NotFound
from academy.interactive.apps import APPS, admit, app_of, links, query_of
from academy.interactive.headers import CONTENT_SECURITY_POLICY
from academy.interactive.journal import scrub
from academy.interactive.kernels import OwnedKernels, kernel_environment
from academy.interactive.service import KERNELS
from academy.interactive.visitor import Visitor

ROOT = Path(__file__).parents[1]
TAKE, FACILITATE, COORDINATE = ("custom:academy:take", "custom:academy:facilitate", "custom:academy:coordinate")
WHOLE = {
    "cohort": "river",
    "module": "m",
    "lesson": "l",
    "assessment": "what-we-protect",
    "session": "0a1b",
}


@pytest.mark.parametrize(
    ("app", "scope", "open_"),
    [
        ("threat-budget", TAKE, True),
        ("threat-budget", FACILITATE, True),
        ("threat-budget", COORDINATE, False),
        ("dice-lab", TAKE, True),
        ("dice-lab", FACILITATE, True),
        ("dice-lab", COORDINATE, False),
        ("mail-inspector", TAKE, True),
        ("mail-inspector", COORDINATE, False),
        ("first-hour", TAKE, True),
        ("first-hour", FACILITATE, True),
        ("first-hour", COORDINATE, False),
        ("photo-lab", TAKE, True),
        ("photo-lab", COORDINATE, False),
        ("file-lab", TAKE, True),
        ("file-lab", COORDINATE, False),
        ("phone-lab", TAKE, True),
        ("phone-lab", COORDINATE, False),
        ("assessment", TAKE, True),
        ("assessment", COORDINATE, False),
        ("attendance", FACILITATE, True),
        ("attendance", TAKE, False),
        ("attendance", COORDINATE, False),
    ],
)
def test_a_page_opens_for_those_who_have_a_use_for_it(app: str, scope: str, open_: bool) -> None:  # noqa: FBT001
    """Participants and facilitators open lessons and assessments, facilitators the register, others nothing."""
    if open_:
        admit(APPS[app], WHOLE, {scope})
    else:
        with pytest.raises(NotAllowed):
            admit(APPS[app], WHOLE, {scope})


@pytest.mark.parametrize("app", APPS)
def test_somebody_without_any_scope_is_refused_everywhere(app: str) -> None:
    """No role, no page; the scope to reach the service is not a role."""
    with pytest.raises(NotAllowed):
        admit(APPS[app], WHOLE, {"access:services!service=interactive"})


@pytest.mark.parametrize("path", ["threat-budget", "../secrets.ipynb", "other.ipynb", "", "threat-budget.ipynb/x"])
def test_there_are_no_other_pages(path: str) -> None:
    """Only the launchers of the table can be opened."""
    with pytest.raises(NotFound):
        app_of(path)


@given(st.text(max_size=60))
def test_a_query_is_read_into_slugs_or_refused(text: str) -> None:
    """Whatever stands in an address, only slugs come out of it."""
    try:
        query = query_of(text)
    except BadInput:
        return
    assert all(
        value.replace("-", "").isalnum() and value.isascii() and value == value.lower() for value in query.values()
    )


def test_a_page_that_needs_a_parameter_says_so() -> None:
    """An address that was cut off gets a sentence that names the part."""
    with pytest.raises(BadInput) as caught:
        admit(APPS["assessment"], {"cohort": "river"}, {TAKE})
    assert caught.value.field == "assessment"


def test_every_page_leads_to_its_plain_twin() -> None:
    """The text version is one link away, also when the address names nothing."""
    base = "/services/academy"
    assert links(APPS["assessment"], WHOLE, base).plain == f"{base}/c/river/assessments/what-we-protect"
    assert links(APPS["threat-budget"], WHOLE, base).plain == f"{base}/c/river/lessons/m/l"
    assert links(APPS["threat-budget"], {"cohort": "river"}, base).plain == f"{base}/c/river"
    assert links(APPS["threat-budget"], {}, base).plain == f"{base}/"


def test_a_launcher_is_one_short_cell_without_output() -> None:
    """The notebooks in git start a screen and hold nothing else."""
    found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (ROOT / "voila_apps").iterdir()}
    assert set(found) == set(APPS)
    for notebook in found.values():
        (cell,) = notebook["cells"]
        assert len(cell["source"]) <= 10
        assert cell["outputs"] == []


def test_a_kernel_knows_its_visitor_and_nothing_else_of_the_server() -> None:
    """The environment of a kernel is made from a list, so a new secret of the server stays on the server."""
    server = {
        "PATH": "/bin",
        "ACADEMY_SERVICE_URL": "http://127.0.0.1:9",
        "JUPYTERHUB_API_TOKEN": "service-secret",
        "ACADEMY_HUB_TOKEN": "hub-secret",
        "ACADEMY_DB_URL": "postgresql://secret",
        "PYTHONPATH": "/elsewhere",
        "SOME_NEW_SECRET": "new-secret",
    }
    request = {"QUERY_STRING": "cohort=river", "VOILA_REQUEST_URL": "http://x/?token=y", **server}
    made = kernel_environment(server, request, Visitor("salma", "her-token"), Path("/run/x"))
    assert made["VISITOR_TOKEN"] == "her-token"
    assert made["QUERY_STRING"] == "cohort=river"
    assert not {"JUPYTERHUB_API_TOKEN", "ACADEMY_HUB_TOKEN", "ACADEMY_DB_URL", "PYTHONPATH", "VOILA_REQUEST_URL"} & set(
        made
    )
    assert not any("secret" in value for value in made.values())


class Quiet(OwnedKernels):
    """Kernels that write down which of them are ended."""

    async def shutdown_kernel(self, kernel_id: str, **_: Any) -> None:
        """Note it."""
        self.ended = [*getattr(self, "ended", []), kernel_id]


@pytest.mark.parametrize(
    ("minutes", "connections", "ended"), [(9, 0, False), (11, 0, True), (11, 1, False), (44, 1, False), (46, 1, True)]
)
def test_a_kernel_outlives_its_page_for_a_short_while(minutes: int, connections: int, ended: bool) -> None:  # noqa: FBT001
    """A page left behind is ended after ten minutes, an open but quiet one after 45."""
    kernels = Quiet(**{name: value for name, value in KERNELS.items() if name.startswith("cull")})
    kernels._kernels["k"] = SimpleNamespace(
        last_activity=datetime.now(UTC) - timedelta(minutes=minutes),
        execution_state="idle",
        kernel_name="python3",
        kernel_spec=SimpleNamespace(metadata={}),
    )
    kernels._kernel_connections["k"] = connections
    asyncio.run(kernels.cull_kernel_if_idle("k"))
    assert getattr(kernels, "ended", []) == (["k"] if ended else [])


def test_a_visitor_is_printed_without_her_token() -> None:
    """A record that reaches a log by accident shows no secret."""
    assert "her-token" not in repr(Visitor("salma", "her-token"))


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("302 GET /oauth_callback?code=abc&state=def (@203.0.113.9)", "302 GET /oauth_callback?… (@…)"),
        ("refused 203.0.113.9:443.", "refused …:443."),
        ("from 2001:db8:0:0:0:0:0:7 port 4", "from … port 4"),
        ("Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer …"),
        ("listening at 127.0.0.1:8010", "listening at 127.0.0.1:8010"),
        ("ended after 14:03:22", "ended after 14:03:22"),
    ],
)  # fmt: skip
def test_a_log_line_keeps_no_address_query_or_token(line: str, kept: str) -> None:
    """What identifies somebody is gone before the line is written."""
    assert scrub(line) == kept


@given(st.ip_addresses())
def test_no_address_survives_in_a_log_line(address: object) -> None:
    """Addresses of either family are removed, the machine's own excepted."""
    text = str(address)
    if text != "127.0.0.1":
        assert text not in scrub(f"refused {text} at the door")


def test_the_content_security_policy_allows_this_site_only() -> None:
    """No other host, no inline script, no evaluation of text."""
    assert "http" not in CONTENT_SECURITY_POLICY
    scripts = next(part for part in CONTENT_SECURITY_POLICY.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self' blob:"
    assert issubclass(BadInput, AcademyError)
    assert logging.getLogRecordFactory() is logging.LogRecord  # importing the service changes nobody's log
