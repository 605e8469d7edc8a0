"""What is logged of a request: its method, its route and the outcome. Never an address, a person or a device."""

from __future__ import annotations

import logging

from tornado.web import RequestHandler

__all__ = ["log_request"]

LOG = logging.getLogger("academy.web")
SERVER_ERROR = 500


def log_request(handler: RequestHandler) -> None:
    """Write one line; public pages leave none, so that a look at "Help and safety" is nobody's business."""
    route = getattr(handler, "route", None)
    status = handler.get_status()
    if status < SERVER_ERROR and (route is None or route.right == "public"):
        return
    where = route.path if route else "unknown"
    level = logging.ERROR if status >= SERVER_ERROR else logging.INFO
    LOG.log(level, "%s %s %d %.0f ms", handler.request.method, where, status, 1000 * handler.request.request_time())
