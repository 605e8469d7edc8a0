"""The command ``academy``: few verbs, each a thin layer over a function that does the work."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from academy.config import Config, load
from academy.errors import AcademyError, Conflict, Unavailable
from academy.people.model import Role

if TYPE_CHECKING:
    from academy.hub.family import Family
    from academy.hub.ports import Ports

__all__ = ["main"]

ELSEWHERE = {
    "demo": ("academy.demo", "the main job, over HTTP, without a browser"),
    "grade": ("academy.grading.command", "mark what was handed in, in confined processes"),
    "check": ("academy.checks.command", "check the texts of courses, modules and assessments, and try them"),
    "rehearse": ("academy.rehearsal.command", "invented people take a course, and its questions are looked at"),
    "translations": ("academy.languages.command", "collect the texts of the interface, and say what has no words yet"),
    "bench": ("academy.bench", "measure: grade, kernels, memory or pages; in a checkout of the source only"),
}
"""Verbs that live in a module of their own: it has ``main(arguments) -> exit code``."""
READY_WITHIN = 90  # seconds
LOOK_EVERY = 0.5  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code. What goes wrong is one sentence on standard error, exit code 2."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given and given[0] in ELSEWHERE:
            return int(importlib.import_module(ELSEWHERE[given[0]][0]).main(given[1:]) or 0)
        options = _parser().parse_args(given)
        verb: Callable[[Config, argparse.Namespace], int] = options.verb
        return verb(load(), options)
    except AcademyError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="academy", description="Run and look after the academy.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    serve = verbs.add_parser("serve", help="start everything and serve until Ctrl-C")
    serve.add_argument("--demo", action="store_true", help="make the demo programme as well")
    serve.set_defaults(verb=_serve)
    build = verbs.add_parser("build", help="turn the texts into notebooks")
    build.set_defaults(verb=_build)
    invite = verbs.add_parser("invite", help="create an invitation and print its code")
    invite.add_argument("role", choices=[role.value for role in Role])
    invite.add_argument("--cohort", help="short name of the cohort; coordinators have none")
    invite.add_argument("--seats", type=int, default=1, help="how many people it lets in (default: 1)")
    invite.set_defaults(verb=_invite)
    for name, (_, meaning) in ELSEWHERE.items():
        verbs.add_parser(name, help=meaning)
    return parser


def _build(config: Config, _: argparse.Namespace) -> int:
    from academy.hub.installation import build_content  # noqa: PLC0415 - a quick verb loads nothing it does not need

    print(f"Built into {build_content(config)}.")
    return 0


def _invite(config: Config, options: argparse.Namespace) -> int:
    from academy.hub.installation import invite  # noqa: PLC0415

    os.umask(0o077)
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    print(_sign_up_link(config, invite(config, Role(options.role), options.cohort, options.seats)))
    return 0


def _address(config: Config) -> str:
    return f"http://127.0.0.1:{config.port}"


def _sign_up_link(config: Config, code: str) -> str:
    return f"{_address(config)}/hub/signup?code={code}"


def _serve(config: Config, options: argparse.Namespace) -> int:
    from academy.hub import confinement, family, installation, ports  # noqa: PLC0415

    os.umask(0o077)
    stop = _stop_on_signals()
    with installation.only_one(config):
        if not ports.is_free(config.port):
            message = f"Port {config.port} is taken. Set ACADEMY_PORT to another one, or stop what uses it."
            raise Conflict(message, code="port-taken")
        installation.prepare(config)
        chosen = ports.choose()
        ports.write(config, chosen)
        servers = confinement.stance(config, demo=options.demo)
        family.adopt_orphans()
        run = family.Family(config, confined=servers.confined)
        try:
            return _run(config, options, run, stop, ports=chosen, notice=servers.said)
        finally:
            run.stop()


def _stop_on_signals() -> list[int]:
    """Return a list that fills when somebody asks to stop."""
    asked: list[int] = []

    def ask(number: int, _: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    return asked


def _run(
    config: Config, options: argparse.Namespace, run: Family, stop: list[int], *, ports: Ports, notice: str | None
) -> int:
    if not _wait_until_ready(config, ports, run, stop):
        return 0
    _greet(config, demo=options.demo)
    if notice:
        print(notice, flush=True)
    run.crashes()
    while not stop:
        if not run.runs:
            message = f"The Hub stopped unexpectedly; the reason may stand at the end of {run.log}."
            raise Unavailable(message)
        for sentence in run.crashes():
            print(sentence, flush=True)
        run.bury()
        time.sleep(LOOK_EVERY)
    print("Stopping.", flush=True)
    return 0


def _wait_until_ready(config: Config, ports: Ports, run: Family, stop: list[int]) -> bool:
    """Return whether everything answers. False: somebody asked to stop. Raises ``Unavailable``."""
    from academy.hub.ready import is_ready  # noqa: PLC0415

    until = time.monotonic() + READY_WITHIN
    while not stop:
        if is_ready(config, ports):
            return True
        if not run.runs or time.monotonic() > until:
            message = f"The academy did not start; the reason may stand at the end of {run.log}."
            raise Unavailable(message)
        time.sleep(LOOK_EVERY / 5)
    return False


def _greet(config: Config, *, demo: bool) -> None:
    from academy.hub.installation import first_invitation  # noqa: PLC0415

    if demo:
        importlib.import_module("academy.demo").setup(_address(config), config)
    print(f"The academy is at {_address(config)}", flush=True)
    if demo:
        print(f"Demo accounts: {config.home / 'demo-accounts.csv'}", flush=True)
        return
    code = first_invitation(config)
    if code:
        print(f"Nobody coordinates the programme yet. Sign up here, once: {_sign_up_link(config, code)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
