"""Course packs: whole without a network, and answers saved in them arrive once, with their own date."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from academy.errors import BadInput
from academy.learning import packs
from academy.learning.rules import own_date
from academy.rights import Actor
from academy.routing import Download, Page, Redirect, Response
from academy.store import schema
from academy.store.database import Store, new_id
from tests.conftest import NOW, Cast
from tests.pages import rendered

ROUTES = {(route.method, route.path): route for route in packs.ROUTES}
PACK = "/c/{cohort}/pack"
FOR_HER = "/c/{cohort}/facilitate/pack"
YESTERDAY = NOW - timedelta(days=1)
MEGABYTE = 1_000_000

Do = Callable[..., Response]


@pytest.fixture
def do(call: Callable[..., Response], cast: Cast) -> Do:
    """Call a route as Salma."""

    def caller(method: str, path: str, *, actor: Actor | None = None, **parts: Any) -> Response:
        where = {"cohort": "river", "language": "en"} | parts.pop("where", {})
        return call(ROUTES[method, path], actor or cast.salma, path=where, **parts)

    return caller


@pytest.fixture
def opened(store: Store) -> None:
    """Open the assessment to the cohort, two days ago, with a deadline an hour ago."""
    row = {"id": new_id(), "cohort": "river", "assessment": "what-we-protect"}
    times = {"due_at": NOW - timedelta(hours=1), "released_at": NOW - timedelta(days=2)}
    with store.write() as db:
        db.execute(insert(schema.release).values(**row, **times))


def unpacked(response: Response) -> dict[str, str]:
    """Return the files of a pack by name, after looking at their checksums."""
    assert isinstance(response, Download)
    with zipfile.ZipFile(io.BytesIO(response.body)) as archive:
        files = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    return {name: body.decode() for name, body in files.items()}


def saved(when: datetime = YESTERDAY, **changes: Any) -> str:
    """Return a file of answers as the pack's page writes it."""
    data = {
        "academy": "answers",
        "version": 1,
        "assessment": "what-we-protect",
        "id": "0123456789abcdef" * 2,
        "saved_at": when.isoformat(),
        "fields": {"DS1.1": ["b"], "DS1.3": ["৩"]},
    }
    return json.dumps(data | changes)


def sent(store: Store) -> list[Any]:
    """Return what has been sent."""
    with store.read() as db:
        return list(db.execute(select(schema.submission)).all())


def test_a_pack_is_whole_and_small_and_the_same_each_time(do: Do, opened: None) -> None:
    """Every lesson and open assessment; each link leads to a file in it; two megabytes at most."""
    first, second = do("GET", f"{PACK}/{{language}}"), do("GET", f"{PACK}/{{language}}")
    assert isinstance(first, Download)
    assert isinstance(second, Download)
    assert first.body == second.body
    assert len(first.body) < 2 * MEGABYTE
    files = unpacked(first)
    assert "lessons/what-we-protect--nine-points.html" in files
    assert "assessments/what-we-protect.html" in files
    for name, text in files.items():
        for link in re.findall(r'(?:href|src)="([^"#]+)"', text):
            if not link.startswith(("http", "data:", "mailto:")):
                folder = name.rpartition("/")[0]
                at = link.removeprefix("../") if link.startswith("../") else f"{folder}/{link}".lstrip("/")
                assert at in files, (name, link)


def test_a_pack_loads_nothing_from_anywhere(do: Do, opened: None) -> None:
    """Addresses of sources are links to follow, never something to load."""
    for name, text in unpacked(do("GET", f"{PACK}/{{language}}")).items():
        assert not re.search(r'(src|srcset|action|poster)="(https?:)?//', text), name
        assert not re.search(r'<link[^>]+href="(https?:)?//', text), name
        assert "url(http" not in text


def test_a_pack_holds_no_assessment_that_is_not_open_and_no_key_of_one_that_is(
    do: Do, store: Store, opened: None
) -> None:
    """Reasons of practice questions are there, for nobody answers back; those of graded ones are not."""
    files = unpacked(do("GET", f"{PACK}/{{language}}"))
    assert "Planning starts from what you protect" not in "".join(files.values())
    assert "The list comes first. Many donors" in files["lessons/what-we-protect--nine-points.html"]
    with store.write() as db:
        db.execute(schema.release.delete())
    assert not [name for name in unpacked(do("GET", f"{PACK}/{{language}}")) if name.startswith("assessments/")]


def test_answers_keep_their_own_date_and_arrive_once(do: Do, store: Store, opened: None) -> None:
    """Saved before the deadline, handed in after it, twice: one attempt, dated when it was saved, received now."""
    receipts = [do("POST", PACK, body={"answers": saved()}) for _ in range(2)]
    (row,) = sent(store)
    assert all(isinstance(one, Redirect) and one.to == f"/c/river/submissions/{row.number}" for one in receipts)
    assert (row.submitted_at, row.arrived_at) == (YESTERDAY, NOW)
    assert row.answers["DS1.1"] == "b"
    assert row.answers["DS1.3"] == "৩"
    assert row.answers["DS1.2"] is None


def test_answers_that_were_saved_too_late_are_not_taken_and_not_lost(do: Do, store: Store, opened: None) -> None:
    """The file is still hers; the page says why."""
    page = do("POST", PACK, body={"answers": saved(NOW - timedelta(minutes=5))})
    assert isinstance(page, Page)
    assert page.status == 409
    assert sent(store) == []


def test_older_answers_do_not_replace_newer_ones(do: Do, store: Store, opened: None) -> None:
    """A file that turns up late changes nothing, and says so."""
    do("POST", PACK, body={"answers": saved()})
    page = do("POST", PACK, body={"answers": saved(YESTERDAY - timedelta(hours=1), id="f" * 32)})
    assert isinstance(page, Page)
    assert "Newer answers have been sent" in str(page.context["problem"].message)
    assert len(sent(store)) == 1


@pytest.mark.parametrize(
    ("saved_at", "counts"),
    [
        (YESTERDAY, YESTERDAY),
        (NOW + timedelta(days=400), NOW),
        (datetime(1970, 1, 1, tzinfo=NOW.tzinfo), NOW),
    ],
)
def test_a_clock_that_cannot_be_right_does_not_count(saved_at: datetime, counts: datetime) -> None:
    """Neither the future nor a time before the questions were open."""
    assert own_date(saved_at, opened_at=NOW - timedelta(days=2), now=NOW) == counts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[" * 5000,
        saved(academy="other"),
        saved(version=2),
        saved(id="x"),
        saved(saved_at="yesterday"),
        saved(saved_at="2026-11-03T10:00:00"),
        saved(more="keys"),
        saved(fields={"DS1.1": "b"}),
        saved(fields={"XX.9": ["b"]}),
        saved(fields={"DS1.1": ["b", "c"]}),
        saved(assessment="another"),
        saved(assessment="../what-we-protect"),
    ],
)
def test_a_file_that_is_not_ours_is_one_sentence(do: Do, store: Store, opened: None, text: str) -> None:
    """Nothing of it is kept."""
    page = do("POST", PACK, body={"answers": text})
    assert isinstance(page, Page)
    assert page.status == 400
    assert isinstance(page.context["problem"], BadInput)
    assert sent(store) == []


def test_a_facilitator_brings_answers_of_her_participants_and_of_nobody_else(
    do: Do, store: Store, cast: Cast, opened: None
) -> None:
    """They become that person's; for somebody who is not in the cohort, or for nobody, nothing happens."""
    for person in (None, "", "nobody", cast.anika.person):
        page = do("POST", FOR_HER, actor=cast.anika, body={"answers": saved(), "person": person})
        assert isinstance(page, Page)
        assert "Choose whose answers" in rendered(page, cast.anika)
    assert sent(store) == []
    done = do("POST", FOR_HER, actor=cast.anika, body={"answers": saved(), "person": cast.salma.person})
    assert isinstance(done, Redirect)
    (row,) = sent(store)
    assert row.person == cast.salma.person
    assert row.number in rendered(do("GET", PACK, actor=cast.anika, query={"arrived": row.number}), cast.anika)


def test_a_participant_cannot_name_another_person(do: Do, store: Store, cast: Cast, opened: None) -> None:
    """What she brings is hers, whatever the form says."""
    do("POST", PACK, body={"answers": saved(), "person": cast.anika.person})
    assert {row.person for row in sent(store)} <= {cast.salma.person}


def test_the_page_says_what_it_weighs_and_what_it_shows_to_others(do: Do, cast: Cast, opened: None) -> None:
    """A size beside each link, and that the file on a device can be seen."""
    page = rendered(do("GET", PACK), cast.salma)
    assert re.search(r"English</a> <span[^>]*>\(\d+ KB\)", page)
    assert "can see that you have it" in page
