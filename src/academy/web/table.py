"""The route table: every address of the service, in one place, as data."""

from __future__ import annotations

from academy.attendance import api as attendance_api
from academy.attendance import pages as attendance_pages
from academy.grading import api as grading_api
from academy.grading import essay_pages, item_pages
from academy.grading import pages as grading_pages
from academy.learning import api as learning_api
from academy.learning import labs, packs
from academy.learning import pages as learning_pages
from academy.people import api as people_api
from academy.people import pages as people_pages
from academy.results import pages as results_pages
from academy.web import home, reports, settings_pages

__all__ = ["ROUTES"]

ROUTES = (
    *home.ROUTES,
    *people_pages.ROUTES,
    *people_api.ROUTES,
    *learning_pages.ROUTES,
    *packs.ROUTES,
    *labs.ROUTES,
    *learning_api.ROUTES,
    *attendance_pages.ROUTES,
    *attendance_api.ROUTES,
    *grading_pages.ROUTES,
    *essay_pages.ROUTES,
    *grading_api.ROUTES,
    *item_pages.ROUTES,
    *results_pages.ROUTES,
    *settings_pages.ROUTES,
    *reports.ROUTES,
)
