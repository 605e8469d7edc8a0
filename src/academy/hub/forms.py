"""The Hub's forms: every field once, no field unknown, and a token that looks different in every page."""

from __future__ import annotations

from typing import Any

from academy.errors import BadInput
from academy.languages.phrases import phrase
from academy.web.masking import mask, unmask

__all__ = ["MaskedForms", "read_form"]

LONGEST = 1000


class MaskedForms:
    """What a handler with forms of ours puts before the Hub's class: the token of its forms is masked."""

    @property
    def template_namespace(self) -> dict[str, Any]:
        """What templates know; the token in it is good for this page."""
        known: dict[str, Any] = super().template_namespace  # type: ignore[misc]
        return known | {"xsrf": mask(known["xsrf"])}

    def check_xsrf_cookie(self) -> None:
        """Take the mask off before the Hub checks the token."""
        sent = self.request.arguments  # type: ignore[attr-defined]
        sent["_xsrf"] = [unmask(value.decode("ascii", "replace")).encode() for value in sent.get("_xsrf", [])]
        super().check_xsrf_cookie()  # type: ignore[misc]


def read_form(handler: Any, *names: str) -> dict[str, str]:
    """Return the named fields of a posted form; a missing one is empty. Raises ``BadInput`` that names the field."""
    sent = handler.request.body_arguments
    for name, values in sent.items():
        if name != "_xsrf" and (name not in names or len(values) > 1):
            message = phrase("This form holds something that does not belong here. Reload the page and try again.")
            raise BadInput(message, code="bad-field", field=name)
    fields = {name: handler.get_body_argument(name, "", strip=False) for name in names}
    for name, value in fields.items():
        if len(value) > LONGEST or "\0" in value:
            message = phrase("One of the fields is too long. Shorten it and try again.")
            raise BadInput(message, code="bad-field", field=name)
    return fields
