"""A person at a browser without JavaScript: opens pages, fills in forms, presses buttons."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
from bs4 import BeautifulSoup, Tag

__all__ = ["LOOK_EVERY", "PATIENCE", "Broken", "Visitor"]

SERVICE = "/services/academy"
LOOK_EVERY = 0.2  # seconds
PATIENCE = 120.0  # seconds; the first page of a facilitator's server takes its time


class Broken(Exception):
    """The path broke: a page did not come, or has no such form."""


class Visitor:
    """One signed-in person with her own cookies."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, follow_redirects=True, timeout=PATIENCE, trust_env=False)
        self.page = BeautifulSoup("", "html.parser")
        self.address = ""

    def __enter__(self) -> Self:
        return self

    def close(self) -> None:
        """Close the browser."""
        self.http.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.http.close()

    def _arrive(self, response: httpx.Response) -> BeautifulSoup:
        if response.is_error:
            page = BeautifulSoup(response.text, "html.parser")
            words = page.main.get_text(" ", strip=True) if page.main else ""
            message = f"{response.request.method} {response.request.url.path}: {response.status_code} {words[:200]}"
            raise Broken(message)
        self.address = str(response.url)
        self.page = BeautifulSoup(response.text, "html.parser")
        return self.page

    def open(self, path: str) -> BeautifulSoup:
        """Open a page of the academy (or, with a path that starts with /hub/ or /user/, of the Hub)."""
        return self._arrive(self.http.get(_full(path)))

    def has(self, words: str) -> bool:
        """Tell whether the page shows these words."""
        return words in self.page.get_text(" ", strip=True)

    def send(self, action_ends: str, values: Mapping[str, str | Sequence[str]] | None = None) -> BeautifulSoup:
        """Fill in the form whose address ends so, and press its button."""
        form = self._form(action_ends)
        fields: dict[str, Any] = _prefilled(form) | dict(values or {})
        action = str(httpx.URL(self.address).join(str(form.get("action", ""))))
        return self._arrive(self.http.post(action, data=fields))

    def _form(self, action_ends: str) -> Tag:
        for form in self.page.find_all("form"):
            if str(form.get("action", "")).split("?")[0].endswith(action_ends):
                return form
        message = f"{httpx.URL(self.address).path} has no form for {action_ends}"
        raise Broken(message)

    def sign_up(self, username: str, passphrase: str, invitation: str) -> None:
        """Make an account with an invitation."""
        self.open("/hub/signup")
        fields = {
            "username": username,
            "password": passphrase,
            "password_again": passphrase,
            "code": invitation,
        }
        self.send("signup", fields)
        problem = self.page.select_one(".problem")
        if problem:
            message = f"{username} could not join: {problem.get_text(' ', strip=True)}"
            raise Broken(message)

    def sign_in(self, username: str, passphrase: str) -> None:
        """Sign in and land on the start page."""
        self.open("/hub/login")
        self.send("login", {"username": username, "password": passphrase})
        if "/hub/login" in self.address:
            message = f"{username} could not sign in"
            raise Broken(message)

    def api(self, path: str) -> Any:
        """Read JSON of the academy."""
        return _json(self.http.get(_full(f"/api{path}")))

    def ask_and_wait(self, cohort: str, assessment: str, step: str, **body: Any) -> Any:
        """Ask for a step of marking and return its result once it is done."""
        address = _full(f"/api/c/{cohort}/assessments/{assessment}/{step}")
        job = _json(self.http.post(address, json=body, headers=self.xsrf_header(address)))["job"]
        for _ in range(int(PATIENCE / LOOK_EVERY)):
            state = self.api(f"/c/{cohort}/jobs/{job}")
            if state["error"]:
                message = f"{step}: {state['error']}"
                raise Broken(message)
            if state["ended_at"]:
                return state["result"]
            time.sleep(LOOK_EVERY)
        message = f"{step} did not end within {PATIENCE:.0f} seconds"
        raise Broken(message)

    def xsrf_header(self, address: str) -> dict[str, str]:
        """Return the header that a page's script sends along: the value of the cookie of that part of the site."""
        fitting = [
            cookie for cookie in self.http.cookies.jar if cookie.name == "_xsrf" and address.startswith(cookie.path)
        ]
        if not fitting:
            return {}
        return {"X-XSRFToken": str(max(fitting, key=lambda cookie: len(cookie.path)).value)}


def _full(path: str) -> str:
    return path if path.startswith(("/hub/", "/user/", "/services/")) else SERVICE + path


def _json(response: httpx.Response) -> Any:
    if response.is_error:
        message = f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:200]}"
        raise Broken(message)
    return response.json()


def _prefilled(form: Tag) -> dict[str, Any]:
    """Return what a form sends when nobody touches it, without its buttons."""
    fields: dict[str, Any] = {}
    for tag in form.find_all(["input", "select", "textarea"]):
        name, kind = str(tag.get("name") or ""), str(tag.get("type") or "")
        if not name or kind in {"submit", "button"} or (kind in {"radio", "checkbox"} and not tag.has_attr("checked")):
            continue
        if tag.name == "select":
            chosen = tag.find("option", selected=True) or tag.find("option")
            fields[name] = str(chosen.get("value", chosen.get_text())) if isinstance(chosen, Tag) else ""
        else:
            fields[name] = tag.get_text() if tag.name == "textarea" else str(tag.get("value") or "")
    return fields
