"""A person at a browser without JavaScript: opens pages, fills in forms, presses buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
from bs4 import BeautifulSoup, Tag

__all__ = ["Broken", "Visitor"]

SERVICE = "/services/academy"
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
            "signup_password": passphrase,
            "signup_password_confirmation": passphrase,
            "invitation": invitation,
        }
        self.send("signup", fields)

    def sign_in(self, username: str, passphrase: str) -> None:
        """Sign in and land on the start page."""
        self.open("/hub/login")
        self.send("login", {"username": username, "password": passphrase})
        if "/hub/login" in self.address:
            message = f"{username} could not sign in"
            raise Broken(message)

    def api(self, path: str) -> Any:
        """Read JSON of the academy."""
        response = self.http.get(_full(f"/api{path}"))
        if response.is_error:
            message = f"GET {path}: {response.status_code} {response.text[:200]}"
            raise Broken(message)
        return response.json()


def _full(path: str) -> str:
    return path if path.startswith(("/hub/", "/user/", "/services/")) else SERVICE + path


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
