"""What every page's kernel would read and compile anew, done once before the fork. Nothing of a person is in it."""

from __future__ import annotations

from academy.interactive.call_log import data as call_log
from academy.interactive.channels import data as channels
from academy.interactive.documents import data as documents
from academy.interactive.incidents import data as incidents
from academy.interactive.phones import data as phones
from academy.interactive.photos import data as photos
from academy.interactive.records import data as records
from academy.interactive.threats import data
from academy.interactive.widgets import compile_templates
from academy.languages.catalogues import LANGUAGES, catalogue

__all__ = ["prepare_warm"]


def prepare_warm() -> None:
    """Compile and read it: called in the warm process, once, when this module has been imported there."""
    compile_templates()
    for language in LANGUAGES:
        catalogue(language)
        data.load(language)
    incidents.load()
    for story in (photos, documents, records, phones, channels, call_log):
        story.load()
