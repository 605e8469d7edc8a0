"""Marking essays by hand in nbgrader's formgrader, with the requests that its page sends."""

from __future__ import annotations

import time
from typing import Any

from academy.demo.visitor import LOOK_EVERY, PATIENCE, Broken, Visitor

__all__ = ["mark_by_hand", "start_server"]


def mark_by_hand(host: Visitor, username: str, cohort: str, assessment: str) -> int:
    """Open formgrader in the facilitator's own server, mark every waiting essay, and return how many."""
    start_server(host, cohort)
    api = f"/user/{username}/{cohort}/formgrader/api"
    marked = 0
    for notebook in _read(host, f"{api}/submitted_notebooks/{assessment}/{assessment}"):
        grades = _read(host, f"{api}/grades?submission_id={notebook['id']}")
        for grade in (grade for grade in grades if grade["needs_manual_grade"]):
            _mark(host, f"{api}/grade/{grade['id']}", grade)
            marked += 1
    return marked


def start_server(host: Visitor, cohort: str) -> None:
    """Open formgrader; the page that says "one moment" loads itself again until the server has started."""
    until = time.monotonic() + PATIENCE
    host.open(f"/hub/grading/{cohort}")
    while "/formgrader" not in host.address.split("?")[0]:
        if time.monotonic() > until:
            message = "formgrader did not start"
            raise Broken(message)
        time.sleep(LOOK_EVERY)
        host.open(f"/hub/grading/{cohort}")


def _mark(host: Visitor, address: str, grade: dict[str, Any]) -> None:
    score = round(float(grade["max_score"]) * 0.7)
    response = host.http.put(address, json={"manual_score": score}, headers=host.xsrf_header(address))
    if response.is_error:
        message = f"formgrader did not take a mark: {response.status_code}"
        raise Broken(message)


def _read(host: Visitor, address: str) -> Any:
    response = host.http.get(address, headers=host.xsrf_header(address))
    if response.is_error:
        message = f"formgrader did not answer at {address}: {response.status_code}"
        raise Broken(message)
    return response.json()
