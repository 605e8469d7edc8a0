"""All content of a folder: parsed once, checked as a whole, looked up by slug."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from academy.content.files import read_assessment, read_course, read_module
from academy.content.model import Assessment, Course, Module
from academy.errors import ContentError, NotFound

__all__ = ["Catalogue", "load"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The content of one folder. Looking up what is not there raises ``NotFound``."""

    root: Path
    courses: Mapping[str, Course]
    modules: Mapping[str, Mapping[str, Module]]
    """By slug, then language."""
    assessments: Mapping[str, Mapping[str, Assessment]]
    """By slug, then language."""

    def course(self, slug: str) -> Course:
        """Return a course."""
        if slug not in self.courses:
            raise NotFound
        return self.courses[slug]

    def module(self, slug: str, language: str = "en") -> Module:
        """Return a module in a language; lessons that are not translated are in English."""
        if slug not in self.modules:
            raise NotFound
        return self.modules[slug].get(language, self.modules[slug]["en"])

    def assessment(self, slug: str, language: str = "en") -> Assessment:
        """Return an assessment in a language, or in English where it is not translated."""
        if slug not in self.assessments:
            raise NotFound
        return self.assessments[slug].get(language, self.assessments[slug]["en"])


@functools.lru_cache(maxsize=16)
def load(root: Path) -> Catalogue:
    """Read all content below ``root``. Raises ``ContentError`` for the first thing that is not as it should be.

    The result is kept: a changed file is seen by the next process.
    """
    modules = {slug: read_module(root, slug) for slug in _slugs(root, "modules")}
    assessments = {slug: read_assessment(root, slug) for slug in _slugs(root, "assessments")}
    courses = {slug: read_course(root, slug) for slug in _slugs(root, "courses")}
    for slug, languages in assessments.items():
        _require([languages["en"].module], modules.keys(), f"assessments/{slug}/assessment.yml", "module")
    for languages in assessments.values():
        _check_place(languages["en"], assessments)
    for slug, course in courses.items():
        _require(course.modules, modules.keys(), f"courses/{slug}/course.yml", "modules")
        _require(course.assessments, assessments.keys(), f"courses/{slug}/course.yml", "assessments")
        for one in course.assessments:
            place = assessments[one]["en"].instead_of
            if place is not None and place[0] not in course.assessments:
                file = f"courses/{slug}/course.yml"
                raise ContentError(file, f"{one} needs {place[0]}", field="assessments")
    return Catalogue(root, MappingProxyType(courses), MappingProxyType(modules), MappingProxyType(assessments))


def _check_place(one: Assessment, assessments: Mapping[str, Mapping[str, Assessment]]) -> None:
    """Check that what takes the place of a question is worth as much, and takes it from a question that counts."""
    if one.instead_of is None:
        return
    file = f"assessments/{one.slug}/assessment.yml"
    slug, wanted = one.instead_of
    other = assessments[slug]["en"] if slug in assessments and slug != one.slug else None
    found = next((question for question in other.questions if question.id == wanted), None) if other else None
    if other is None or found is None:
        raise ContentError(file, f"there is no question {slug}/{wanted}", field="instead_of")
    if not (one.counts and other.counts) or other.instead_of is not None:
        raise ContentError(file, "both must be of kind module, and the other must count itself", field="instead_of")
    if one.points != found.points:
        raise ContentError(
            file, f"the points are {one.points:g}, those of {wanted} {found.points:g}", field="instead_of"
        )


def _slugs(root: Path, kind: str) -> list[str]:
    """Return the names of the folders of one kind. Raises ``ContentError`` for a name that is not a slug."""
    names = sorted(folder.name for folder in (root / kind).glob("*") if folder.is_dir())
    unfit = next((name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)), None)
    if unfit is not None:
        raise ContentError(kind, f"{unfit}: the name of a folder is small letters, digits and hyphens")
    return names


def _require(names: tuple[str, ...] | list[str], known: AbstractSet[str], file: str, field: str) -> None:
    """Check that each name is known and stands once."""
    for index, name in enumerate(names):
        if name not in known:
            raise ContentError(file, f"there is no {name}", field=field)
        if name in names[:index]:
            raise ContentError(file, f"{name} stands twice", field=field)
