"""What the Hub asks of the academy service: invitations, groups, one-time codes."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from academy.errors import AcademyError, Unavailable
from academy.languages.phrases import phrase, recalled

__all__ = ["AcademyService"]

PATIENCE = 20
"""How often a service that is being started again is asked, half a second apart."""
PAUSE = 0.5  # seconds
NOT_REACHED = 599
SERVER_ERROR = 500
CLIENT_ERROR = 400


class AcademyService:
    """The internal part of the academy's API.

    ``url`` is the service's loopback address, ``token`` the Hub's secret. Every call raises the ``AcademyError`` that
    the service answered with, or ``Unavailable``.
    """

    def __init__(self, url: str, token: str, *, patience: int = PATIENCE) -> None:
        self.url = url
        self.token = token
        self.patience = patience

    async def groups(self, username: str) -> list[str]:
        """Return the groups of a person; none for a stranger."""
        answer = await self._call("GET", "/api/hub/groups?" + urlencode({"username": username}))
        return [str(group) for group in answer["groups"]]

    async def enrol(self, username: str, code: str, *, new: bool) -> None:
        """Use an invitation; ``new``: for somebody who has no account yet. A second time it changes nothing."""
        await self._call("POST", "/api/hub/enrolments", {"code": code, "username": username, "new": new})

    async def use_reset_code(self, username: str, code: str) -> None:
        """Use up a one-time code."""
        await self._call("POST", "/api/hub/resets", {"username": username, "code": code})

    async def _call(self, method: str, path: str, body: dict[str, str | bool] | None = None) -> Any:
        request = HTTPRequest(
            self.url + path,
            method=method,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            body=None if body is None else json.dumps(body),
            connect_timeout=5,
            request_timeout=15,
        )
        for _ in range(self.patience):
            response = await AsyncHTTPClient().fetch(request, raise_error=False)
            if response.code != NOT_REACHED:
                return _read(response.code, response.body)
            await asyncio.sleep(PAUSE)
        message = phrase("A part of the academy is being started again. Nothing was changed; try again in a minute.")
        raise Unavailable(message)


def _read(status: int, body: bytes) -> Any:
    if status < CLIENT_ERROR:
        return json.loads(body)
    if status >= SERVER_ERROR:
        message = phrase("A part of the academy is not answering. Nothing was changed; try again in a minute.")
        raise Unavailable(message)
    details = json.loads(body)["error"]
    error = AcademyError(recalled(details["message"]), code=details["code"], field=details.get("field"))
    error.status = status
    raise error
