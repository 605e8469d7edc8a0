"""Questions as accessible HTML: the same for the plain form and for the interactive page, without any script.

What ``question_html`` returns holds neither key nor rationale. The templates are in ``templates/``, the words in
``languages/``.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from academy.content.answers import TEXT_LIMIT, to_fields
from academy.content.feedback import feedback_html, practice_feedback_html
from academy.content.markdown import markdown_html, stem_html
from academy.content.phrases import phrases
from academy.content.questions import Question, slug_of
from academy.content.shuffle import left_of, parts_of
from academy.content.templates import template

__all__ = ["feedback_html", "markdown_html", "practice_feedback_html", "question_html"]


def question_html(
    question: Question,
    *,
    answer: Any = None,
    seed: str = "",
    problem: str | None = None,
    number: int | None = None,
    language: str = "en",
) -> str:
    """Return one question as a group of form controls, filled with ``answer``.

    The same ``seed`` gives the same order of options. ``problem`` is one sentence shown with the controls; ``number``
    is what the learner sees the question called.
    """
    legend, rest = stem_html(question.stem)
    return template("question.html").render(
        q=question,
        slug=f"q-{slug_of(question.id)}",
        legend=Markup(legend),  # noqa: S704 - made by our own safe Markdown
        rest=Markup(rest),  # noqa: S704
        parts=parts_of(question, seed),
        left=left_of(question, seed),
        fields=to_fields(question, answer),
        limit=TEXT_LIMIT,
        problem=problem,
        number=number,
        words=phrases(language),
    )
