"""What a participant's start page says about coding, and where facilitators find their guides."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from academy.config import Behaviour, Config
from academy.errors import NotFound
from academy.routing import Request, Response
from academy.store.database import Store
from academy.web.home import ROUTES
from academy.web.weights import weight
from tests.conftest import NOW, Cast
from tests.pages import rendered

HOME = next(route for route in ROUTES if route.path == "/c/{cohort}")
GUIDE = next(route for route in ROUTES if route.path.endswith("/guides/{module}"))
LINK = 'href="/hub/notebooks"'
ORDER = ("Before you start", "Nine points", "What are we protecting, and from whom?", "After the course")
MISSING = "Coding in the browser is not offered on this server"


def page(db: Connection, config: Config, cast: Cast) -> str:
    """Return Salma's start page."""
    request = Request(actor=cast.salma, now=NOW, db=db, config=config, path={"cohort": "river"})
    return rendered(HOME.handle(request), cast.salma)


@pytest.mark.parametrize(
    ("choice", "offers", "link", "missing"),
    [("confined", True, 1, 0), ("confined", False, 0, 1), ("none", False, 0, 0), ("none", True, 0, 0)],
)
def test_the_page_links_to_a_server_or_says_why_there_is_none(
    store: Store, config: Config, cast: Cast, *, choice: str, offers: bool, link: int, missing: int
) -> None:
    """Where the walls are missing, one sentence that nothing else is lost; where nobody wants servers, nothing."""
    behaviour = Behaviour.model_validate({"participant_servers": choice})
    chosen = config.model_copy(update={"behaviour": behaviour, "offers_servers": offers})
    with store.read() as db:
        html = page(db, chosen, cast)
    assert (html.count(LINK), html.count(MISSING)) == (link, missing)
    assert (f"about {weight('lab')} the first time" in html) == bool(link)
    assert ("Nothing else is lost" in html) == bool(missing)


def test_a_facilitator_reads_how_to_hold_the_session(call: Callable[..., Response], cast: Cast) -> None:
    """A page for each module of her cohort's course; other modules do not exist for her."""
    where = {"cohort": "river", "module": "what-we-protect"}
    page = rendered(call(GUIDE, cast.anika, path=where), cast.anika)
    assert "A plan for 90 minutes" in page
    with pytest.raises(NotFound):
        call(GUIDE, cast.anika, path={**where, "module": "nowhere"})


def test_each_module_is_followed_by_its_assessment(store: Store, config: Config, cast: Cast) -> None:
    """Questions before the course stand first, those after it last, and what is next is the first that is open."""
    with store.read() as db:
        html = page(db, config, cast)
    card, weeks = html.split('<ol class="weeks">')
    titles = re.findall(r"<li>(?:<a[^>]*>)?<bdi>([^<]+)</bdi>", weeks)
    places = [titles.index(title) for title in ORDER]
    assert places == sorted(places), titles
    assert (titles[0], titles[-1]) == (ORDER[0], ORDER[-1])
    assert "<h2><bdi>Nine points</bdi></h2>" in card, "nothing before it is released"
