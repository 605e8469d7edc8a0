"""The fixed cast and the store they act on.

Salma takes part, Anika facilitates her cohort, Nura coordinates the programme, Davit has an account and no place
anywhere: every action is also tried by him.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

from academy.config import Behaviour, Config
from academy.people import actions, queries
from academy.people.model import Cohort, Role
from academy.rights import SCOPES, Actor
from academy.routing import Request, Response, Route
from academy.store.database import Store
from tests.databases import postgres_url

settings.register_profile("academy", deadline=None)  # a busy machine is no fault of the rule under test
settings.load_profile("academy")

SHARED_ACADEMY = ("demo", "interactive", "journey", "kill", "packs", "plain_pages", "refusals")
"""Files of ``tests/integration`` that use the one academy which takes long to start."""

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COHORT = Cohort(
    slug="river", course="digital-security", title="River cohort", zone="Asia/Dhaka",
    starts_at=datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
)  # fmt: skip
ROOT = Path(__file__).parents[1]


class ByFile(LoadScopeScheduling):
    """Keeps the tests of one file in one process, and those that share the running academy too."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "academy" if file.endswith(tuple(f"integration/test_{name}.py" for name in SHARED_ACADEMY)) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Tell ``pytest -n`` how to share the tests out."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those who find the shared academy as it was set up; what goes with them also takes longest."""
    items.sort(key=lambda item: "integration/test_demo.py" not in item.nodeid)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Keep a configuration whose state lives in a folder of this test."""
    return Config(
        home=tmp_path, port=8000, db_url=f"sqlite:///{tmp_path / 'store.db'}", content=ROOT, behaviour=Behaviour()
    )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_store(request: pytest.FixtureRequest, config: Config) -> Iterator[Store]:
    """Open a fresh store on each database that is promised to work."""
    store = Store(config.db_url if request.param == "sqlite" else postgres_url())
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    """Open a fresh store on SQLite."""
    store = Store(config.db_url)
    store.migrate()
    yield store
    store.close()


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the tests."""

    salma: Actor
    """Participant of the cohort ``river``."""
    anika: Actor
    """Facilitator of ``river``."""
    nura: Actor
    """Coordinator."""
    davit: Actor
    """Has an account and no place: must be refused everywhere."""


def enrol(store: Store, username: str, role: Role, cohort: str | None) -> Actor:
    """Let somebody in by an invitation and return her as she acts from then on."""
    with store.write() as db:
        code = actions.create_invitation(db, actor="setup", now=NOW, role=role, cohort=cohort, seats=1, days=30)
        actions.enrol(db, now=NOW, username=username, code=code)
        return queries.actor(db, username=username, scopes=frozenset(SCOPES))


def make_cast(store: Store) -> Cast:
    """Make the cohort and its people."""
    setup = Actor(username="setup", person=None, scopes=frozenset(), participates=frozenset(), facilitates=frozenset())
    with store.write() as db:
        actions.create_cohort(db, actor=setup, now=NOW, cohort=COHORT)
    return Cast(
        salma=enrol(store, "salma", Role.PARTICIPANT, "river"),
        anika=enrol(store, "anika", Role.FACILITATOR, "river"),
        nura=enrol(store, "nura", Role.COORDINATOR, None),
        davit=replace(setup, username="davit", scopes=frozenset(SCOPES)),
    )


@pytest.fixture
def cast(store: Store) -> Cast:
    """Put the cast on the SQLite store."""
    return make_cast(store)


@pytest.fixture
def call(store: Store, config: Config) -> Callable[..., Response]:
    """Call a route as somebody, as the service would: one transaction, the right checked first."""

    def caller(route: Route, actor: Actor, *, now: datetime = NOW, **parts: Any) -> Response:
        with store.write() as db:
            request = Request(actor=actor, now=now, db=db, config=config, **parts)
            assert actor.may(route.right, request.path.get("cohort"))
            return route.handle(request)

    return caller
