"""Submissions whose words and outputs are to run in the browser of whoever looks at them."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from tests.attacks.model import (
    FAILED,
    MANUAL,
    NOT_RUN,
    PASSED,
    PLANTED,
    RIGHT_SQUARES,
    WRONG_SQUARES,
    Submission,
    cell,
    code,
)

__all__ = ["ATTACKS"]

CALL = f"alert('{PLANTED}')"
SCRIPT = f"<script>{CALL}</script>"
PICTURE = f'<img src="x" onerror="{CALL}">'
FAR = "http://192.0.2.1/planted-script"

MARKUP = (
    SCRIPT,
    PICTURE,
    f'<svg onload="{CALL}"></svg>',
    f'<iframe srcdoc="{SCRIPT}"></iframe>',
    f"<details open ontoggle={CALL}>",
    f'<a href="javascript:{CALL}">here</a>',
    f'<form action="javascript:{CALL}"><input type=submit></form>',
    f'<meta http-equiv="refresh" content="0;url=javascript:{CALL}">',
    f'<object data="javascript:{CALL}"></object>',
    f'<math href="javascript:{CALL}">x</math>',
    f'</div></body><img src=x onerror="{CALL}">',
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f'<link rel=stylesheet href="{FAR}"><style>@import "{FAR}"; body {{ background: url({FAR}) }}</style>',
)
MARKDOWN = (
    f"[here](javascript:{CALL})",
    f"[here](JaVaScRiPt&colon;{CALL})",
    f"[here](data:text/html,{SCRIPT})",
    f"<javascript:{CALL}>",
    f'![x]({FAR}.png "x\\" onerror=\\"{CALL}")',
    f'[x]: {FAR} "x"\n![x]',
    f"$\\href{{javascript:{CALL}}}{{x}}$",
    f"```html\n{SCRIPT}\n```",
    f"`{SCRIPT}`\n\n# {SCRIPT}\n\n| {PICTURE} |\n|---|\n| {PICTURE} |",
    f"<!--\n-->{SCRIPT}",
    f'```"onmouseover={CALL}\nx\n```',
)

SHOWN = {
    "text/html": SCRIPT + PICTURE,
    "application/javascript": CALL,
    "image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{CALL}">{SCRIPT}</svg>',
    "text/markdown": SCRIPT + f"[x](javascript:{CALL})",
    "text/latex": f"$\\href{{javascript:{CALL}}}{{x}}$" + SCRIPT,
    "image/png": f'"><script>{CALL}</script>',
    "image/jpeg": f'"><img src=x onerror="{CALL}">',
    "application/pdf": f'">{SCRIPT}',
    "application/vnd.jupyter.widget-view+json": {"model_id": f'"></script>{SCRIPT}'},
    "application/vnd.jupyter.widget-state+json": {"state": f"</script>{SCRIPT}"},
    "application/vnd.mermaid": f"graph LR\nclick A javascript:{CALL}",
    "text/vnd.mermaid": f"graph LR\nA[{PICTURE}]",
}


def _show(kind: str) -> Submission:
    word = kind.replace("/", "-").replace("+", "-").replace(".", "-")
    return Submission(
        name=f"shows-{word}",
        tries=f"An output of the type {kind} that holds a script.",
        squares=RIGHT_SQUARES
        + f"from IPython.display import publish_display_data\npublish_display_data({ {kind: SHOWN[kind]}!r})\n",
    )


def _surround(nb: Any) -> None:
    """Put script wherever a notebook can hold text."""
    nb.metadata["title"] = f"</title>{SCRIPT}"
    nb.metadata["authors"] = [{"name": SCRIPT}]
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": f"</script>{SCRIPT}"}}}
    nb.metadata["language_info"] = {"name": f'">{SCRIPT}', "pygments_lexer": f'">{SCRIPT}', "mimetype": f'">{SCRIPT}'}
    nb.cells.append(new_raw_cell(SCRIPT, metadata={"raw_mimetype": "text/html", "format": "text/html"}))
    nb.cells.append(new_markdown_cell(SCRIPT + PICTURE, metadata={"tags": [f'">{SCRIPT}']}))
    nb.cells.append(new_code_cell(f"# {SCRIPT}", metadata={"tags": [f'x" onclick="{CALL}'], "name": SCRIPT}))


def _attach(nb: Any) -> None:
    picture = new_markdown_cell("![x](attachment:x.svg) ![y](attachment:../../../planted)")
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'
    picture["attachments"] = {
        "x.svg": {f'image/svg+xml"><script>{CALL}</script>': svg},
        "../../../planted": {"image/png": "aGVsbG8="},
    }
    nb.cells.append(picture)


def _size_outputs(nb: Any) -> None:
    shown = new_output(
        "display_data", {"image/png": "aGVsbG8="}, metadata={"image/png": {"width": f'"><x onload="{CALL}'}}
    )
    cell(nb, "squares").outputs = [shown]
    nb.cells.append(new_code_cell("1", outputs=[shown]))


def _name_cells(nb: Any) -> None:
    for index, one in enumerate(nb.cells):
        one["id"] = f'x{index}" onclick="{CALL}'
        one.metadata["name"] = SCRIPT


ATTACKS: tuple[Submission, ...] = (
    Submission(name="writes-markup-in-its-essay", tries="HTML with scripts as an answer.", essay="\n\n".join(MARKUP)),
    Submission(name="writes-links-in-its-essay", tries="Markdown that becomes scripts.", essay="\n\n".join(MARKDOWN)),
    *(_show(kind) for kind in SHOWN),
    Submission(
        name="shows-markup-from-an-object",
        tries="Objects that describe themselves in HTML.",
        squares=RIGHT_SQUARES
        + code(
            f"""
            class Shown:
                def _repr_html_(self):
                    return {SCRIPT!r}
                def _repr_mimebundle_(self, **_):
                    return {{'text/html': {PICTURE!r}, {f'x">{SCRIPT}'!r}: 'x'}}, {{}}
            Shown()
            """
        ),
    ),
    Submission(
        name="prints-markup",
        tries="Scripts and control characters on both streams.",
        squares="import sys\n"
        + RIGHT_SQUARES
        + f"print({SCRIPT!r}, '\\x1b[31m' + {PICTURE!r} + '\\x1b]8;;javascript:x\\x07', '\\x00\\x08', sep='\\n')\n"
        + f"print({SCRIPT!r}, file=sys.stderr)\n",
    ),
    Submission(
        name="raises-markup",
        tries="Scripts in the name and the words of an error.",
        squares=WRONG_SQUARES
        + f"def squares(n):\n    raise type({SCRIPT!r}, (ValueError,), {{'__module__': {PICTURE!r}}})({SCRIPT!r})\n",
        on_squares=FAILED,
    ),
    Submission(
        name="writes-markup-in-code",
        tries="Code that ends the page's own elements.",
        squares=RIGHT_SQUARES + f"# </pre></div></script>{SCRIPT}{PICTURE}\n",
    ),
    Submission(name="writes-markup-everywhere", tries="Scripts in metadata and in more cells.", change=_surround),
    Submission(
        name="attaches-scripts",
        tries="Attachments with scripts, and with names that lead elsewhere.",
        change=_attach,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
    Submission(name="sizes-outputs-with-scripts", tries="The width of a picture is a script.", change=_size_outputs),
    Submission(
        name="names-cells-with-scripts",
        tries="The identifiers of cells end an attribute.",
        change=_name_cells,
        on_squares=PASSED | NOT_RUN,
        on_total=PASSED | NOT_RUN,
        on_essay=MANUAL | NOT_RUN,
    ),
)
