"""The Hub's configuration, section by section, without a Hub."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from traitlets.config import Config as Traits

from academy.config import Config, load, secret
from academy.errors import ConfigError
from academy.hub import authenticator, grading, node, pages, ports, privacy, proxy, roles, services, spawner, storage
from academy.hub.ports import Ports
from academy.rights import SCOPES

PLACES = Ports(hub=50_001, proxy_api=50_002, academy=50_003, interactive=50_004)


@pytest.fixture
def c() -> Any:
    """Keep an empty configuration, as JupyterHub hands it out."""
    return Traits()


@pytest.fixture
def proxy_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the installed proxy: these tests start nothing."""
    monkeypatch.setattr(proxy, "proxy_command", lambda: ["node", "proxy"])


def test_every_protection_of_accounts_is_on(c: Any, config: Config) -> None:
    """What NativeAuthenticator leaves off is set, one by one."""
    authenticator.update_authenticator(c, config, PLACES)
    set_ = c.InvitedAuthenticator
    assert set_.minimum_password_length == config.behaviour.minimum_passphrase_length >= 10
    assert set_.check_common_password is True
    assert (set_.allowed_failed_logins, set_.seconds_before_next_try) == (5, 600)
    assert set_.allow_2fa is True
    assert set_.open_signup is False
    assert set_.ask_email_on_signup is False
    assert set_.manage_groups is True
    assert 0 < set_.auth_refresh_age <= 60
    assert set_.service_url == "http://127.0.0.1:50003/services/academy"


@pytest.mark.parametrize("offered", [True, False])
def test_servers_are_for_facilitators_and_where_they_are_offered_for_participants(c: Any, *, offered: bool) -> None:
    """The scopes of servers stand in those roles only, and only for one's own; a mere account has none."""
    roles.update_roles(c, offered=offered)
    may = {role["name"]: set(role["scopes"]) for role in c.JupyterHub.load_roles}
    those = {"facilitator", "participant"} if offered else {"facilitator"}
    assert {name for name, scopes in may.items() if any("servers" in scope for scope in scopes)} == those
    of_servers = {scope for scopes in may.values() for scope in scopes if "servers" in scope or "activity" in scope}
    assert of_servers == {"servers!user", "access:servers!user", "users:activity!user"}
    assert not {"self", "inherit"} & set().union(*may.values())
    assert not [scope for scopes in may.values() for scope in scopes if scope.startswith("admin")]


def test_rights_come_from_groups_only(c: Any) -> None:
    """No user is named in a role; an account in no group may only know its own name."""
    roles.update_roles(c, offered=True)
    assert not [role for role in c.JupyterHub.load_roles if "users" in role]
    (user,) = (role for role in c.JupyterHub.load_roles if role["name"] == "user")
    assert user["scopes"] == ["read:users:name!user", "read:users:groups!user"]
    assert set(c.JupyterHub.custom_scopes) == set(SCOPES)


def test_only_the_academy_service_knows_the_store_and_the_secret(c: Any, config: Config) -> None:
    """The interactive service, which runs kernels, gets neither."""
    services.update_services(c, config, PLACES, offered=True)
    academy, interactive = c.JupyterHub.services
    token = secret(config, "hub-token")
    assert academy["environment"]["ACADEMY_HUB_TOKEN"] == token
    assert academy["environment"]["ACADEMY_DB_URL"] == config.db_url
    assert token not in json.dumps(interactive)
    assert "ACADEMY_DB_URL" not in interactive["environment"]


def test_a_person_of_the_interactive_service_can_call_the_academy(c: Any, config: Config) -> None:
    """Her token there carries the scopes that the academy's API asks for, and no more."""
    services.update_services(c, config, PLACES, offered=True)
    academy, interactive = c.JupyterHub.services
    assert set(academy["oauth_client_allowed_scopes"]) == set(SCOPES)
    assert set(interactive["oauth_client_allowed_scopes"]) == {*SCOPES, "access:services!service=academy"}
    assert academy["oauth_no_confirm"]
    assert interactive["oauth_no_confirm"]


@pytest.mark.usefixtures("proxy_installed")
def test_everything_listens_on_this_machine_only(c: Any, config: Config) -> None:
    """No port is open to the network; the proxy tells nobody where a request came from."""
    proxy.update_proxy(c, config, PLACES)
    services.update_services(c, config, PLACES, offered=True)
    addresses = [c.JupyterHub.bind_url, f"http://{c.JupyterHub.hub_ip}", c.ConfigurableHTTPProxy.api_url]
    addresses += [service["url"] for service in c.JupyterHub.services]
    assert all(address.startswith("http://127.0.0.1") for address in addresses)
    assert "--no-x-forward" in c.ConfigurableHTTPProxy.command


def test_the_hub_keeps_its_tables_beside_the_store(c: Any, config: Config) -> None:
    """SQLite has a file of its own; PostgreSQL a schema of its own in the same database."""
    storage.update_storage(c, config)
    assert c.JupyterHub.db_url == f"sqlite:///{config.home}/hub/jupyterhub.sqlite"
    shared = config.model_copy(update={"db_url": "postgresql://anna:secret@db.example/academy?sslmode=require"})
    url = storage.hub_db_url(shared)
    assert url.startswith("postgresql+psycopg://anna:secret@db.example/academy?")
    assert "options=-csearch_path%3Dhub" in url
    assert "sslmode=require" in url


def test_secrets_stay_the_same_and_belong_to_their_owner(c: Any, config: Config) -> None:
    """A second start signs nobody out, and nobody else on the machine can read them."""
    storage.update_storage(c, config)
    first = c.JupyterHub.cookie_secret
    storage.update_storage(c, config)
    assert c.JupyterHub.cookie_secret == first
    assert [file.stat().st_mode & 0o077 for file in (config.home / "secrets").iterdir()] == [0]


def test_the_hubs_pages_may_load_nothing_from_elsewhere() -> None:
    """The policy names no host and allows no script."""
    policy = privacy.HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "http" not in policy
    assert "unsafe" not in policy


def test_people_land_on_the_academy(c: Any, config: Config) -> None:
    """After signing in, and from the root of the site."""
    pages.update_pages(c, config)
    assert c.JupyterHub.default_url == "/services/academy/"
    assert c.JupyterHub.redirect_to_server is False
    assert (Path(c.JupyterHub.template_paths[0]) / "native-login.html").exists()


def test_a_server_inherits_nothing_but_the_language(c: Any, config: Config) -> None:
    """The Hub's environment, secrets included, stays with the Hub."""
    spawner.update_spawner(c, config, offered=True)
    assert set(c.AcademySpawner.env_keep) == {"LANG", "LC_ALL", "TZ"}
    assert not [name for name in c.AcademySpawner.environment if name.startswith("ACADEMY_")]


def groups_of(*names: str) -> Any:
    """Return a user of the Hub in these groups."""
    return SimpleNamespace(orm_user=SimpleNamespace(groups=[SimpleNamespace(name=name) for name in names]))


def test_where_somebody_takes_part_is_read_from_groups() -> None:
    """Facilitating or coordinating is not taking part; nor is a group without the role."""
    everything = groups_of("participants", "river", "facilitators", "lake-facilitators", "coordinators")
    assert spawner.participated(everything) == {"river"}
    assert spawner.participated(groups_of("facilitators", "lake-facilitators", "river")) == set()
    assert spawner.participated(groups_of()) == set()


@pytest.mark.parametrize(("offered", "told"), [(True, "offered"), (False, "none")])
def test_the_pages_are_told_whether_participants_can_have_servers(
    c: Any, config: Config, *, offered: bool, told: str
) -> None:
    """By the environment of the one service that shows the link."""
    services.update_services(c, config, PLACES, offered=offered)
    academy, interactive = c.JupyterHub.services
    assert academy["environment"]["ACADEMY_PARTICIPANT_SERVERS"] == told
    assert "ACADEMY_PARTICIPANT_SERVERS" not in interactive["environment"]
    assert load({"ACADEMY_PARTICIPANT_SERVERS": told}).offers_servers is offered


def test_facilitated_cohorts_are_read_from_groups() -> None:
    """Being a participant of a cohort is not facilitating it."""
    assert grading.cohorts_of(["river", "participants", "lake-facilitators", "facilitators"]) == {"lake"}


def test_ports_are_free_and_differ(config: Config) -> None:
    """Two installations can run side by side; what was chosen is read back."""
    chosen = ports.choose()
    numbers = [chosen.hub, chosen.proxy_api, chosen.academy, chosen.interactive]
    assert len(set(numbers)) == 4
    assert all(ports.is_free(number) for number in numbers)
    (config.home / "hub").mkdir()
    ports.write(config, chosen)
    assert ports.read(config) == chosen


def test_a_missing_proxy_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="run script/setup"):
        node.proxy_command(tmp_path)


@pytest.mark.parametrize(
    ("message", "status", "said"),
    [
        (grading.NOT_YOURS, 403, grading.NOT_YOURS),
        (spawner.NO_DESK, 403, spawner.NO_DESK),
        (spawner.NOT_OFFERED, 501, spawner.NOT_OFFERED),
        ("'_xsrf' argument missing from POST", 403, "open too long"),
        ("Action is not authorized with current scopes; requires any of [servers]", 403, "a place in a cohort"),
        ("<script>", 500, "on our side"),
        (None, 405, "could not be read"),
    ],
)
def test_error_pages_speak_our_language(message: str | None, status: int, said: str) -> None:
    """A sentence of the Hub's for programmers is never shown."""
    assert said in pages.explained(message, status)
