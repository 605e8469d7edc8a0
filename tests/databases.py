"""A PostgreSQL server of the tests' own, started once per test process and stopped with it."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from functools import lru_cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

SERVER_FOLDERS = "/usr/lib/postgresql/*/bin"
UNPRIVILEGED = "nobody"


def _programs() -> Path | None:
    found = [Path(path).resolve().parent for path in [shutil.which("initdb") or ""] if path]
    found += sorted(Path("/").glob(SERVER_FOLDERS.removeprefix("/")), reverse=True)
    return found[0] if found else None


def _as_server_user() -> dict[str, int]:
    """PostgreSQL refuses to run as the administrator, so it then runs as nobody."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid}


@lru_cache(maxsize=1)
def _server() -> str:
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL did not run: no server program is installed (script/test installs one where it may)")
    folder = Path(tempfile.mkdtemp(prefix="academy-pg-"))
    user = _as_server_user()
    if user:
        os.chown(folder, user["user"], user["group"])
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"

    def run(*command: object) -> None:
        words = [str(word) for word in command]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)

    run(programs / "initdb", "-D", data, "-U", "academy", "-A", "trust", "-E", "UTF8")
    run(programs / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")

    def stop() -> None:
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://academy@/{{name}}?host={folder}"


def postgres_url() -> str:
    """Return the URL of a fresh, empty database; skips the test where there is no PostgreSQL."""
    template = _server()
    name = f"test_{uuid.uuid4().hex}"
    admin = template.format(name="postgres").replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return template.format(name=name)
