"""Reading the Hub's forms: every field once, no field unknown."""

from __future__ import annotations

from typing import Any

from academy.errors import BadInput

__all__ = ["read_form"]

LONGEST = 1000


def read_form(handler: Any, *names: str) -> dict[str, str]:
    """Return the named fields of a posted form; a missing one is empty. Raises ``BadInput`` that names the field."""
    sent = handler.request.body_arguments
    for name, values in sent.items():
        if name != "_xsrf" and (name not in names or len(values) > 1):
            message = "This form holds something that does not belong here. Reload the page and try again."
            raise BadInput(message, code="bad-field", field=name)
    fields = {name: handler.get_body_argument(name, "", strip=False) for name in names}
    for name, value in fields.items():
        if len(value) > LONGEST or "\0" in value:
            message = "One of the fields is too long. Shorten it and try again."
            raise BadInput(message, code="bad-field", field=name)
    return fields
