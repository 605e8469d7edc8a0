"""Configuration: one YAML file for behaviour, the environment for places and secrets.

``$ACADEMY_HOME/academy.yml`` (optional) holds behaviour. The environment variables in ``ENVIRONMENT`` say where things
are. Unknown keys in either are refused, so that a typing error never silently switches a protection off.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from academy.errors import ConfigError
from academy.languages.catalogues import ENGLISH, LANGUAGES

__all__ = ["ENVIRONMENT", "REPORTS", "Behaviour", "Config", "load", "secret"]

REPORTS = "/services/academy/policy-reports"
"""Where browsers report what a page's policy kept out; counted by ``academy.web.reports``."""

ENVIRONMENT = {
    "ACADEMY_HOME": "Folder that holds all state (default: ./var).",
    "ACADEMY_PORT": "Port of the public address on 127.0.0.1 (default: 8000).",
    "ACADEMY_DB_URL": "Database of the store: a SQLAlchemy URL (default: SQLite in ACADEMY_HOME).",
    "ACADEMY_CONTENT": "Folder with courses/, modules/ and assessments/ (default: the checkout).",
    "ACADEMY_HUB_TOKEN": "Secret between the Hub and the academy service; set by the academy itself.",
    "ACADEMY_SERVICE_URL": "Loopback address of the academy service; set by the academy itself.",
    "ACADEMY_PARTICIPANT_SERVERS": "Whether participants get servers in this run; set by the academy itself.",
    "ACADEMY_CHROMIUM": "Chromium program that the browser tests start (default: found on PATH).",
}


class Behaviour(BaseModel):
    """What ``academy.yml`` may hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str = ENGLISH
    """Language shown when a person has not chosen one (ISO 639): one that the interface has words for."""
    zone: str = "UTC"
    """IANA zone for times when a cohort has none."""
    check_in_code_seconds: Annotated[int, Field(ge=15, le=600)] = 60
    """How long one spoken check-in code is shown before it changes, in seconds."""
    check_in_attempts: Annotated[int, Field(ge=3, le=50)] = 8
    """Wrong check-in codes that one person may try in a session before she must ask the facilitator."""
    late_after_minutes: Annotated[int, Field(ge=0, le=120)] = 10
    """Minutes after the planned start from which an arrival counts as late."""
    invitation_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days until an invitation expires."""
    reset_code_hours: Annotated[int, Field(ge=1, le=168)] = 24
    """Hours until a one-time code for a forgotten passphrase expires."""
    minimum_passphrase_length: Annotated[int, Field(ge=10, le=128)] = 12
    """Shortest passphrase that sign-up accepts, in characters."""
    grading_servers: Literal["confined", "unconfined"] = "confined"
    """Whether a facilitator's server sees only her cohort's folder; "confined" needs bubblewrap, or none is started."""
    participant_servers: Literal["confined", "none"] = "confined"
    """Whether participants may have a JupyterLab server of their own, where it can be confined."""

    @field_validator("language")
    @classmethod
    def _has_words(cls, language: str) -> str:
        if language not in LANGUAGES:
            message = f"there are no words for {language!r}; languages are {', '.join(LANGUAGES)}"
            raise ValueError(message)
        return language


class Config(BaseModel):
    """Where things are, and how the academy behaves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path
    """Folder that holds all state."""
    port: Annotated[int, Field(ge=1, le=65535)]
    """Public port on 127.0.0.1."""
    db_url: str
    """SQLAlchemy URL of the store."""
    content: Path
    """Folder with ``courses/``, ``modules/`` and ``assessments/``."""
    behaviour: Behaviour
    offers_servers: bool = False
    """Whether participants can have a JupyterLab server in this run; the Hub finds out and tells the service."""

    @property
    def courses_dir(self) -> Path:
        """nbgrader course folders, one per cohort."""
        return self.home / "nbgrader"

    @property
    def exchange_dir(self) -> Path:
        """nbgrader's exchange."""
        return self.home / "exchange"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the configuration. Raises ``ConfigError`` that names the key."""
    environ = os.environ if environ is None else environ
    unknown = sorted(key for key in environ if key.startswith("ACADEMY_") and key not in ENVIRONMENT)
    if unknown:
        message = f"{unknown[0]} is not a setting. Settings are: {', '.join(ENVIRONMENT)}."
        raise ConfigError(message)
    home = Path(environ.get("ACADEMY_HOME") or "var").absolute()
    port = environ.get("ACADEMY_PORT") or "8000"
    if not (port.isascii() and port.isdecimal() and 0 < int(port) <= 65535):  # noqa: PLR2004 - the range of TCP ports
        message = f"ACADEMY_PORT must be a port number, not {port!r}."
        raise ConfigError(message)
    return Config(
        home=home,
        port=int(port),
        db_url=environ.get("ACADEMY_DB_URL") or f"sqlite:///{home / 'store.db'}",
        content=Path(environ.get("ACADEMY_CONTENT") or Path(__file__).parents[2]).absolute(),
        behaviour=_behaviour(home / "academy.yml"),
        offers_servers=environ.get("ACADEMY_PARTICIPANT_SERVERS") == "offered",
    )


def _behaviour(file: Path) -> Behaviour:
    if not file.exists():
        return Behaviour()
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        return Behaviour.model_validate(data)
    except yaml.YAMLError as error:
        message = f"{file.name} is not readable as YAML: {error}"
        raise ConfigError(message) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        unknown = first["type"] == "extra_forbidden"
        message = f"{file.name}: {key} is not a setting." if unknown else f"{file.name}: {key}: {first['msg']}."
        raise ConfigError(message) from error


def secret(config: Config, name: str) -> str:
    """Return the named secret of this installation, made on first use, readable by its owner only.

    It appears whole or not at all: neither a crash nor a second process ever sees a half-written one.
    """
    file = config.home / "secrets" / name
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(file, secrets.token_hex(32))
    return file.read_text(encoding="ascii")


def _write_once(file: Path, text: str) -> None:
    """Put a new file in its place; where another process was faster, its file stays."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as fresh:  # 0600
        fresh.write(text)
        fresh.flush()
        os.fsync(fresh.fileno())
        with suppress(FileExistsError):
            os.link(fresh.name, file)
