"""Where the Hub keeps its own tables and secrets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, make_url
from sqlalchemy.schema import CreateSchema

from academy.config import Config, secret

__all__ = ["hub_db_url", "make_schema", "update_storage"]

SCHEMA = "hub"


def update_storage(c: Any, config: Config) -> None:
    """Set the Hub's database and the secret that signs its cookies."""
    c.JupyterHub.db_url = hub_db_url(config)
    c.JupyterHub.upgrade_db = True  # a new release brings its tables up to date by itself
    c.JupyterHub.cookie_secret = bytes.fromhex(secret(config, "hub-cookie"))
    c.JupyterHub.cookie_max_age_days = 14


def hub_db_url(config: Config) -> str:
    """Return the Hub's database: schema ``hub`` of the store's PostgreSQL, else an SQLite file of its own."""
    url = make_url(config.db_url)
    if url.get_backend_name() != "postgresql":
        return f"sqlite:///{config.home / 'hub' / 'jupyterhub.sqlite'}"
    url = url.set(drivername="postgresql+psycopg").update_query_dict({"options": f"-csearch_path={SCHEMA}"})
    return url.render_as_string(hide_password=False)


def make_schema(config: Config) -> None:
    """Make the schema for the Hub's tables where the database is PostgreSQL."""
    if not config.db_url.startswith("postgresql"):
        return
    engine = create_engine(hub_db_url(config))
    with engine.begin() as db:
        db.execute(CreateSchema(SCHEMA, if_not_exists=True))
    engine.dispose()
