"""What pages show of marked code: evidence to those who mark, no hidden test to those who learn, nothing that acts."""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from playwright.sync_api import Browser, BrowserContext, Page, expect

from academy.demo.cast import COHORT, FACILITATORS
from academy.demo.programme import ASSESSMENT
from academy.grading import bridge
from academy.grading.bridge.showing import HideWhatHiddenTestsSaid, ShowHarmlessly
from academy.grading.gradebook import Score
from academy.grading.keys import dump
from academy.grading.model import CourseFolder, Verdict, course_folder
from tests.conftest import ROOT
from tests.integration.conftest import Academy
from tests.integration.grading_sample import ASSIGNMENT, QUESTIONS, delivery, notebook
from tests.integration.test_nbgrader import needs_confinement

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
]

SECRET = "kestrel under the third bridge"
TOKEN = "token-of-the-grader-5b1d"
OWN_WORDS = "What only heron has written."
CODE = {"task": False, "schema_version": 3}
SOLUTION = CODE | {"grade": False, "solution": True, "locked": False}
TEST = CODE | {"grade": True, "solution": False, "locked": True, "points": 1}
LOCKED = CODE | {"grade": False, "solution": False, "locked": True}
HIDDEN = f"""assert shout("a") == "A"
### BEGIN HIDDEN TESTS
assert shout("{SECRET}") == "{SECRET.upper()}"
### END HIDDEN TESTS"""

SPY = """
import base64
seen = []
def shout(text):
    seen.append(text)
    for one in seen:
        print(one, base64.b64encode(one.encode()).decode(), one[::-1], one.encode().hex())
    return text.upper()
"""
TALE = """
from IPython.display import HTML, display
print(seen, [base64.b64encode(text.encode()).decode() for text in seen])
display(HTML(f"<b>{seen[-1]}</b>"))
def count():
    print(seen)
    raise ValueError(repr(seen))
raise KeyError(seen[-1][::-1])
"""
EXPLORER = """
import json, os, sys
turn = bytes.maketrans(bytes(range(256)), bytes(range(1, 256)) + bytes([0]))
needles = [bytes.fromhex(text) for text in NEEDLES]
roots = ["/", *PLACES, os.getcwd(), "/proc/self"]
roots += ["/" + name for name in ("dev", "etc", "home", "opt", "proc", "root", "run", "tmp", "var")]
known = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/bin", "/sbin")}
with open("mine.txt", "w") as mine:
    mine.write("mine")
readable, found = set(), []
for root in roots:
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if os.path.realpath(os.path.join(folder, name)) not in known | {"/sys"}]
        for path in (os.path.join(folder, name) for name in files):
            try:
                stream = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                data = os.read(stream, 500_000)
            except OSError:
                continue
            os.close(stream)
            readable.add(os.path.realpath(path))
            found += [path for needle in needles if needle in data.translate(turn)]
print(json.dumps({"environ": dict(os.environ), "readable": sorted(readable), "found": found}))
def shout(text):
    return text.upper()
"""


def forms(text: str) -> list[str]:
    """Return a text as somebody might disguise it."""
    data = text.encode()
    return [text, text.upper(), text[::-1], data.hex(), base64.b64encode(data).decode()]


def turned(text: str) -> bytes:
    """Return a text so that it can be looked for by code that does not hold it."""
    return bytes((byte + 1) % 256 for byte in text.encode())


def with_code() -> bytes:
    """Return the sample's notebook with code beside its questions: a hidden test, and cells that come after it."""
    nb = nbformat.reads(notebook().decode(), as_version=4)
    for name, about, source in (
        ("work", SOLUTION, "def shout(text):\n    ### BEGIN SOLUTION\n    return text.upper()\n    ### END SOLUTION"),
        ("seen-test", TEST, 'assert shout("b") == "B"'),
        ("hidden-test", TEST, HIDDEN),
        ("later", SOLUTION, "def count():\n    ### BEGIN SOLUTION\n    return 3\n    ### END SOLUTION"),
        ("later-test", TEST, "assert count() == 3"),
        ("look", LOCKED, 'shout("look")'),
    ):
        nb.cells.append(new_code_cell(source, metadata={"nbgrader": about | {"grade_id": name}}))
    return str(nbformat.writes(nb)).encode()


def hand_in(course: CourseFolder, student: str, **sources: str) -> None:
    """Hand in an essay and these cells."""
    nb = nbformat.reads(bridge.student_notebook(course, ASSIGNMENT).decode(), as_version=4)
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = sources.get(name.replace("-", "_"), cell.source)
    one = replace(delivery(student), answers=None, notebook=str(nbformat.writes(nb)).encode())
    bridge.deliver(course, ASSIGNMENT, one)


def marked_cells(course: CourseFolder, student: str) -> dict[str, Any]:
    """Return the cells of a marked notebook by their names."""
    nb = nbformat.read(course.autograded(ASSIGNMENT, student) / f"{ASSIGNMENT}.ipynb", as_version=4)
    return {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata}


def said(cell: Any) -> str:
    """Return all that a cell shows."""
    return json.dumps(cell.outputs, ensure_ascii=False)


def page_of(course: CourseFolder, student: str) -> str:
    """Return nbgrader's feedback page."""
    return (course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """Mark a spy, somebody honest, somebody who looks around and somebody who ends the process."""
    home = tmp_path_factory.mktemp("home")
    course = CourseFolder(root=home / "nbgrader" / "river", course_id="river", exchange=home / "exchange")
    bridge.release(course, ASSIGNMENT, with_code(), dump(QUESTIONS), None)
    honest = "def shout(text):\n    return text.upper()"
    needles = [turned(text).hex() for text in (SECRET, TOKEN, OWN_WORDS, "SQLite format 3")]
    places = [str(course.root), str(course.exchange), str(ROOT)]
    hand_in(course, "wren", work=SPY, later=TALE)
    hand_in(course, "heron", work=f"# {OWN_WORDS}\n{honest}", later="def count():\n    return 4", rc_a=OWN_WORDS)
    hand_in(course, "bittern", work=EXPLORER.replace("NEEDLES", repr(needles)).replace("PLACES", repr(places)))
    hand_in(course, "crake", work="import os\ndef shout(text):\n    os._exit(0)", later="def count():\n    return 3")
    bridge.collect(course, ASSIGNMENT)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACADEMY_HUB_TOKEN", "JUPYTERHUB_API_TOKEN", "LC_ALL_OF_IT", "SOMETHING"):
            patch.setenv(name, TOKEN)
        bridge.autograde(course, ASSIGNMENT)
    bridge.release_feedback(course, ASSIGNMENT)
    return course


@needs_confinement
def test_the_sample_does_what_it_is_made_for(marked: CourseFolder) -> None:
    """Who marks sees in the notebook what the spy's code was given, before and after; the feedback is there."""
    cells = marked_cells(marked, "wren")
    for name in ("hidden-test", "later", "later-test", "look"):
        assert SECRET in said(cells[name]), name
    assert len(list((marked.exchange / "river" / "feedback").glob("*.html"))) == 4


@needs_confinement
def test_no_feedback_page_holds_what_hidden_tests_said_or_what_came_after_them(marked: CourseFolder) -> None:
    """Neither as it is nor disguised; in its place stand a verdict and one sentence."""
    pages = [*marked.exchange.rglob("feedback/*.html"), *(marked.root / "feedback").rglob("*.html")]
    assert len(pages) == 8
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert [form for form in forms(SECRET) if form in text] == [], page
        assert "HIDDEN TESTS" not in text
    wren = page_of(marked, "wren")
    assert "This test passed; what was printed while it ran is not shown." in wren
    assert wren.count("What a cell shows after hidden tests have run is not shown here.") == 2
    assert "This test passed" not in wren.partition("count() ")[2]
    assert "This test did not pass" in wren
    heron = page_of(marked, "heron")
    assert "This test did not pass (line 1: assert count() == 3); what was printed while it ran is not shown." in heron


@needs_confinement
def test_nobody_reads_in_her_feedback_about_anybody_else(marked: CourseFolder) -> None:
    """No name, no words and no mark of another learner; no path of the server, nothing of its environment."""
    for student in ("wren", "bittern", "crake"):
        page = page_of(marked, student).partition("<body>")[2]
        others = {"wren", "heron", "bittern", "crake"} - {student}
        assert [text for text in (*others, OWN_WORDS, TOKEN, "gradebook.db") if text in page] == []
    assert OWN_WORDS in page_of(marked, "heron")


@needs_confinement
def test_code_that_looks_around_finds_nothing_of_the_grader(marked: CourseFolder) -> None:
    """Its environment holds no secret; no file that it can read holds a test, a gradebook or another's words."""
    printed = "".join(output.get("text", "") for output in marked_cells(marked, "bittern")["work"].outputs)
    found = json.loads(printed)
    assert TOKEN not in json.dumps(found["environ"])
    assert not [name for name in found["environ"] if name.startswith(("ACADEMY", "JUPYTERHUB", "JPY"))]
    own_file = [path for path in found["readable"] if Path(path).parts[-2:] == ("work", "mine.txt")]
    assert own_file, "it can find what is there"
    assert found["found"] == []
    own = (
        str(marked.root / ".grading" / ASSIGNMENT / "bittern"),
        "/proc/",
        tempfile.gettempdir() + "/k-",
        "/dev/",
        "/null",
        sys.base_prefix,
    )
    assert [path for path in found["readable"] if not path.startswith(own)] == []
    assert not [path for path in found["readable"] if path.endswith((".ipynb", ".db", ".json"))]


def by_question(course: CourseFolder, student: str) -> dict[str, Score]:
    """Return somebody's scores."""
    return {score.question: score for score in bridge.scores(course, ASSIGNMENT) if score.student == student}


@needs_confinement
def test_an_open_cell_keeps_its_verdict_and_its_reason(marked: CourseFolder) -> None:
    """A process that ended is told apart from a test that was never reached; neither is a 0."""
    found = by_question(marked, "crake")
    assert (found["seen-test"].verdict, found["seen-test"].total) == (Verdict.KERNEL_DIED, None)
    assert (found["hidden-test"].verdict, found["hidden-test"].total) == (Verdict.DID_NOT_RUN, None)
    assert found["seen-test"].reason
    assert found["hidden-test"].reason
    assert by_question(marked, "heron")["later-test"].verdict is Verdict.FAILED


def test_a_learners_words_are_never_taken_for_marks_of_hidden_tests() -> None:
    """Her own “hidden tests” hide nothing and keep no page from being made; they look as she wrote them."""
    text = "### BEGIN HIDDEN TESTS\nprint('mine')"
    nb = new_notebook(cells=[new_markdown_cell(text), new_code_cell(text, metadata={"nbgrader": SOLUTION})])
    nb.cells[1].outputs = [new_output("stream", text="mine")]
    HideWhatHiddenTestsSaid().preprocess(nb, {})
    assert [cell.source.replace("\N{NO-BREAK SPACE}", " ") for cell in nb.cells] == [text, text]
    assert not [cell for cell in nb.cells if "BEGIN HIDDEN TESTS" in cell.source]
    assert nb.cells[1].outputs[0].text == "mine"


def test_an_error_before_hidden_tests_keeps_everything_but_their_lines() -> None:
    """What cannot have seen them stays readable."""
    lines = ["line 1: half(3)", f'    assert shout("{SECRET}") == "{SECRET.upper()}"', "ValueError: 3"]
    nb = new_notebook(
        cells=[
            new_code_cell("half(3)", outputs=[new_output("error", ename="ValueError", evalue="3", traceback=lines)]),
            new_code_cell(HIDDEN, metadata={"nbgrader": TEST, "academy": {"verdict": "failed"}}),
        ]
    )
    HideWhatHiddenTestsSaid().preprocess(nb, {})
    assert nb.cells[0].outputs[0].traceback == [lines[0], lines[2]]
    assert nb.cells[1].outputs[0].text == "This test did not pass; what was printed while it ran is not shown.\n"


def test_tables_and_words_of_an_output_stay_and_nothing_else_of_its_markup() -> None:
    """A table keeps its cells; handlers, addresses, styles and whatever acts are gone."""
    table = (
        '<style>td {color: red}</style><table onclick="x()"><tr><td colspan="2" style="color:red">4<td></tr></table>'
    )
    html = f'{table}<a href="javascript:x()">link</a><img src=x onerror=x()><script>x()</script>'
    data = {"text/html": html, "application/javascript": "x()", "text/plain": "4"}
    about = {"filenames": {"image/png": "x"}, "image/png": {"width": "1 onload=x()"}}
    odd = {"output_type": "display_data", "data": {"image/png": '"><script>'}, "metadata": about}
    nb = new_notebook(cells=[new_code_cell("x", metadata={"tags": ["x"], "transient": {"remove_source": True}})])
    nb.cells[0].outputs = nbformat.from_dict(
        [{"output_type": "display_data", "data": data, "metadata": about}, odd, {"output_type": "new"}, {"data": 1}]
    )
    ShowHarmlessly().preprocess(nb, {})
    first, second = nb.cells[0].outputs
    assert first.data.keys() == {"text/html", "text/plain"}
    assert '<td colspan="2">4</td>' in first.data["text/html"]
    assert [text for text in ("x()", "href", "img", "style", "color") if text in first.data["text/html"]] == []
    assert second.data == {"text/plain": "This cannot be shown here."}
    assert (first.metadata, second.metadata, nb.cells[0].metadata) == ({}, {}, {})


ACT = "document.title = window.name = 'taken over'; fetch('http://127.0.0.1:9/taken-over')"
MARKUP = (
    f"<script>{ACT}</script>",
    f'<img src="x" onerror="{ACT}">',
    f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ACT}"><script>{ACT}</script></svg>',
    f'<iframe srcdoc="<script>parent.{ACT}</script>"></iframe>',
    f'<a href="javascript:{ACT}">a link</a>',
    '<meta http-equiv="refresh" content="0; url=http://127.0.0.1:9/taken-over">',
    '<link rel="stylesheet" href="http://127.0.0.1:9/taken-over"><img src="http://127.0.0.1:9/taken-over">',
    "<style>body {background: url(http://127.0.0.1:9/taken-over)}</style>",
    f'<details open ontoggle="{ACT}"><input autofocus onfocus="{ACT}"></details>',
    '<base href="http://127.0.0.1:9/taken-over/"><form id="notebook"><input name="base_url"></form>',
)
MARKDOWN = f"{' '.join(MARKUP)}\n\n[one](javascript:{ACT.replace(' ', '')}) ![two](http://127.0.0.1:9/taken-over)"
ACTS = """container => [...container.querySelectorAll("*")].filter(part =>
    ["SCRIPT", "IFRAME", "OBJECT", "EMBED", "META", "LINK", "BASE", "FORM"].includes(part.tagName)
    || [...part.attributes].some(one => /^on|^srcdoc$/i.test(one.name) || /^\\s*javascript:/i.test(one.value))
    || (part.tagName === "IMG" && !part.src.startsWith("data:"))
).map(part => part.outerHTML)"""
HOST = FACILITATORS[0]


def outputs() -> list[Any]:
    """Return outputs of code in every form in which something could act."""
    picture = {"image/png": "iVBORw0KGgo="}
    about = {"filenames": {"image/png": "http://127.0.0.1:9/taken-over"}}
    wide = {"image/png": {"width": f"1 onerror={ACT.replace(' ', '')}"}}
    return [
        *(new_output("display_data", {"text/html": markup}) for markup in MARKUP),
        *(
            new_output("display_data", {kind: "".join(MARKUP)})
            for kind in ("image/svg+xml", "text/latex", "text/vnd.mermaid")
        ),
        new_output("execute_result", {"text/html": "".join(MARKUP)}, metadata={"text/html": {"isolated": True}}),
        new_output("display_data", {"application/javascript": ACT}),
        new_output("display_data", {"text/markdown": MARKDOWN}),
        new_output("display_data", {"text/latex": f"$\\href{{javascript:{ACT}}}{{x}}$"}),
        new_output("display_data", {"application/vnd.jupyter.widget-view+json": f"</script>{MARKUP[0]}"}),
        new_output("display_data", picture, metadata=about),
        new_output("display_data", picture, metadata=wide),
        new_output("stream", text="".join(MARKUP)),
        new_output("error", ename=MARKUP[0], evalue=MARKUP[1], traceback=list(MARKUP)),
    ]


def make_hostile(course: CourseFolder, student: str) -> None:
    """Let a marked notebook, and what is known of one of its cells, say what a hostile one would."""
    file = course.autograded(ASSESSMENT, student) / f"{ASSESSMENT}.ipynb"
    nb = nbformat.read(file, as_version=4)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = outputs()
    about = {"verdict": "tampered", "points": None, "reason": f"This test cannot be trusted: {''.join(MARKUP)}."}
    test = next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "ds1-1-test")
    test.metadata["academy"] = about
    nb.cells += [new_raw_cell(text, metadata={"raw_mimetype": kind}) for text in MARKUP for kind in ("text/html", "")]
    nb.cells += [
        new_markdown_cell(MARKDOWN),
        new_code_cell(MARKUP[0], metadata={"tags": [f'">{MARKUP[0]}']}, outputs=outputs()),
    ]
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"x": f"</script>{MARKUP[0]}"}}
    file.chmod(0o600)
    nbformat.write(nb, file)
    with sqlite3.connect(course.gradebook) as book:
        book.execute(
            "UPDATE grade SET auto_score = NULL, manual_score = NULL, needs_manual_grade = 1 WHERE cell_id IN"
            " (SELECT id FROM base_cell WHERE name = 'ds1-1-test') AND notebook_id = ?",
            (submission(course, student),),
        )


def submission(course: CourseFolder, student: str) -> str:
    """Return nbgrader's name of somebody's submission."""
    with sqlite3.connect(course.gradebook) as book:
        (found,) = book.execute(
            "SELECT book.id FROM submitted_notebook AS book"
            " JOIN submitted_assignment AS work ON work.id = book.assignment_id"
            " JOIN assignment ON assignment.id = work.assignment_id WHERE work.student_id = ? AND assignment.name = ?",
            (student, ASSESSMENT),
        ).fetchone()
    return str(found)


@dataclass
class Watched:
    """A page at which everything that it does is written down."""

    page: Page
    own: str
    """Where its requests may go."""
    did: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("dialog", lambda dialog: (self.did.append("a dialog"), dialog.dismiss()))
        self.page.on("popup", lambda popup: self.did.append(f"a window: {popup.url}"))

    def _note(self, url: str) -> None:
        if not url.startswith((f"{self.own}/", "data:", "blob:", "file:", "about:")):
            self.did.append(url)

    def open(self, address: str, *, learners_part: str, words: str) -> None:
        """Open a page, wait until it has nothing more to do, and look at what became of a learner's part."""
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        part = self.page.locator(learners_part).first
        expect(part).to_contain_text(words)
        assert part.evaluate(ACTS) == [], address
        assert self.page.url == address
        assert "taken over" not in (self.page.title(), self.page.evaluate("window.name"))
        assert self.did == []


@pytest.fixture(scope="module")
def taken_over(academy: Academy, browser: Browser) -> None:
    """Make sure that the markup does act where nothing keeps it from acting: in a page of its own."""
    context = browser.new_context(bypass_csp=True)
    for markup in MARKUP[:4]:
        watched = Watched(context.new_page(), academy.url)
        watched.page.set_content(f"<title>x</title>{markup}")
        watched.page.wait_for_function("document.title === 'taken over'")
        assert watched.did
    context.close()


@pytest.mark.hub
@pytest.mark.browser
@pytest.mark.parametrize("policies", [True, False], ids=["with policies", "without any"])
@pytest.mark.usefixtures("taken_over")
def test_no_page_runs_what_a_learner_wrote_or_her_code_has_shown(
    academy: Academy, browser: Browser, newcomer: Callable[[], str], *, policies: bool
) -> None:
    """Formgrader, nbgrader's feedback and our own pages show it as words, even in a browser that keeps no policy."""
    student, course = newcomer(), course_folder(academy.config, COHORT)
    with academy.visit(student) as visitor:
        visitor.open(f"/c/{COHORT}/assessments/{ASSESSMENT}")
        visitor.send("/save", {"DS1-A": f"My plan. {MARKDOWN}", "then": "review"})
        visitor.send("/submit")
    with academy.visit(HOST) as host:
        for step in ("collect", "autograde"):
            host.ask_and_wait(COHORT, ASSESSMENT, step)
        make_hostile(course, student)
        host.ask_and_wait(COHORT, ASSESSMENT, "feedback")
    context = browser.new_context(bypass_csp=not policies)
    look_at_the_facilitators_pages(academy, signed_in(academy, context, HOST), course, student)
    context.close()
    context = browser.new_context(bypass_csp=not policies)
    watched = signed_in(academy, context, student)
    own = f"{academy.url}/services/academy/c/{COHORT}/assessments/{ASSESSMENT}/feedback"
    watched.open(own, learners_part="main", words="My plan.")
    page = course.root / "feedback" / student / ASSESSMENT / f"{ASSESSMENT}.html"
    watched.open(page.as_uri(), learners_part="body", words="My plan.")
    stripped = Path(page.with_name("stripped.html"))
    stripped.write_text(page.read_text(encoding="utf-8").replace("Content-Security-Policy", "x"), encoding="utf-8")
    watched.open(stripped.as_uri(), learners_part="body", words="My plan.")
    context.close()


def signed_in(academy: Academy, context: BrowserContext, username: str) -> Watched:
    """Sign in with a browser."""
    page = context.new_page()
    page.goto(academy.url)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Passphrase").fill(academy.people[username].password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/services/academy/**")
    return Watched(page, academy.url)


def look_at_the_facilitators_pages(academy: Academy, watched: Watched, course: CourseFolder, student: str) -> None:
    """Open the page of the assessment, and the submission in formgrader."""
    own = f"{academy.url}/services/academy/c/{COHORT}/facilitate/assessments/{ASSESSMENT}"
    watched.open(own, learners_part="ul[aria-labelledby=eye]", words="This test could not be trusted: <script>")
    watched.page.goto(f"{academy.url}/hub/grading/{COHORT}?page=gradebook")
    watched.page.wait_for_url("**/formgrader/gradebook**", timeout=60_000)
    address = f"{academy.url}/user/{HOST}/{COHORT}/formgrader/submissions/{submission(course, student)}/"
    watched.open(address, learners_part="#notebook", words="My plan.")
    watched.page.locator("span.name-hidden.glyphicon").click()
    expect(watched.page.locator("a.name-shown")).to_be_visible()
    assert watched.did == []
