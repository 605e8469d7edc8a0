"""Who may do what at the Hub: roles bundle scopes, groups mirror the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from academy.rights import SCOPES

__all__ = ["ROLES", "update_roles"]

SERVICES = ["access:services!service=academy", "access:services!service=interactive"]
OWN_SERVERS = [
    "servers!user",
    "access:servers!user",
    "users:activity!user",  # without it a grading server could not tell that it is in use
]
"""Starting and opening servers of one's own; which of them are started, the spawner decides."""

ROLES: list[dict[str, Any]] = [
    {
        "name": "user",
        "description": "An account and nothing else: may know its own name.",
        "scopes": ["read:users:name!user", "read:users:groups!user"],
    },
    {
        "name": "participant",
        "description": "Takes courses.",
        "scopes": [*SERVICES, "custom:academy:take"],
        "groups": ["participants"],
    },
    {
        "name": "facilitator",
        "description": "Runs cohorts, and grades in a server of her own.",
        "scopes": [*SERVICES, "custom:academy:facilitate", *OWN_SERVERS],
        "groups": ["facilitators"],
    },
    {
        "name": "coordinator",
        "description": "Runs the programme.",
        "scopes": [*SERVICES, "custom:academy:coordinate"],
        "groups": ["coordinators"],
    },
]
"""The Hub's own ``user`` role, which lets everybody start servers and make tokens, is replaced by its first line."""


def update_roles(c: Any, *, offered: bool) -> None:
    """Set the scopes of the academy and the roles that bundle them; ``offered``: participants can have a server."""
    c.JupyterHub.custom_scopes = {name: {"description": meaning} for name, meaning in SCOPES.items()}
    c.JupyterHub.load_roles = [_role(role, offered=offered) for role in ROLES]


def _role(role: Mapping[str, Any], *, offered: bool) -> dict[str, Any]:
    more = OWN_SERVERS if offered and role["name"] == "participant" else []
    return {**role, "scopes": [*role["scopes"], *more]}
