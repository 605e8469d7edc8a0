"""What the service's small handlers beside the route table have in common."""

from __future__ import annotations

from tornado.web import RequestHandler

from academy.web.headers import HEADERS

__all__ = ["SafeHandler"]


class SafeHandler(RequestHandler):
    """A handler whose every answer carries our headers and does not name the server's program."""

    def set_default_headers(self) -> None:
        """Set the headers, also of errors."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)
