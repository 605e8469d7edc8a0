"""The module "Phishing": its twin says what the mail sources say, and its addresses lead where it says."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from academy.content.files import read_assessment, read_module
from academy.content.questions import Question
from academy.interactive.mail import data
from academy.interactive.mail.address import dissect
from academy.interactive.mail.model import Message
from academy.interactive.screens.mail_inspector.model import TRUTH_WORDS

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "modules" / "false-doors"
CASE = data.load()
MAILS = [message for message in CASE.messages if message.mail]
FOLDERS = [MODULE, ROOT / "assessments" / "false-doors", ROOT / "src" / "academy" / "interactive" / "mail"]
WRITTEN = [file for folder in FOLDERS for file in folder.rglob("*") if file.suffix in {".md", ".yml", ".eml"}]

KEYS: dict[str, Any] = {
    "DS3.1": "account-verify.example",
    "DS3.2": ["b"],
    "DS3.3": ["a", "b", "d"],
    "DS3.4": ["c"],
    "DS3.5": ["reed", "fern", "palm", "clay", "moss"],
    "DS3.6": ["d"],
    "DS3.7": ["b"],
}
"""The right answers of the assessment."""


def text_of(lesson: str) -> str:
    """Return a lesson's file."""
    return (MODULE / "en" / f"{lesson}.md").read_text(encoding="utf-8")


def twin() -> str:
    """Return the low-data twin of the mail inspector."""
    (found,) = re.findall(r"^::::\{twin\}\n(.*?)^::::$", text_of("six-messages"), re.MULTILINE | re.DOTALL)
    return str(found)


def layers_of(message: Message) -> dict[str, str]:
    """Return the list of the twin about one mail, by layer, without the marks of code."""
    listed = twin().split(f"\n**{message.id}. {message.title}**\n", 1)[1].strip().split("\n\n", 1)[0]
    return dict(re.findall(r"^- \*\*(.+?):\*\* (.+)$", listed.replace("`", ""), re.MULTILINE))


def graded() -> dict[str, Question]:
    """Return the questions of the assessment by id."""
    return {question.id: question for question in read_assessment(ROOT, "false-doors")["en"].questions}


def right(question: Question) -> Any:
    """Return the key of a question."""
    if question.type == "short":
        return question.accept[0]
    if question.type == "order":
        return list(question.answer)
    return [part.id for part in question.options if getattr(part, "ok", getattr(part, "score", 0) == 2)]


def test_the_module_takes_an_hour_and_opens_the_mail_inspector() -> None:
    """Five lessons; the first one offers the simulation in place of its twin."""
    lessons = read_module(ROOT, "false-doors")["en"].lessons

    assert len(lessons) == 5
    assert sum(lesson.minutes for lesson in lessons) == 60
    assert [lesson.interactive for lesson in lessons] == ["mail-inspector", None, None, None, None]


def test_the_graded_items_have_their_keys_and_points() -> None:
    """Seven questions for 8 points and a warning for 12, whose rubric has three criteria of 4, 3, 1 and 0."""
    items = graded()
    essay = items.pop("DS3-A")

    assert {name: right(question) for name, question in items.items()} == KEYS
    assert sum(question.points for question in items.values()) == 8
    assert essay.points == 12
    assert [[level.points for level in row.levels] for row in essay.rubric] == [[4, 3, 1, 0]] * 3
    assert "RWN story only" in essay.stem


@pytest.mark.parametrize("message", CASE.messages, ids=lambda message: message.id)
def test_the_twin_shows_each_message_as_a_phone_does(message: Message) -> None:
    """Name, subject and words are those of the source; a link is seen by its words only."""
    shown = twin().split("### Step 2", 1)[0]
    plain = re.sub(r"[`*>]|\n", " ", shown)
    words = " ".join(plain.split())

    for part in (message.mail.subject, *message.mail.paragraphs) if message.mail else message.words[1:]:
        assert part in words
    assert message.mail is None or f"**{message.id}. “{message.shown}”**" in shown


@pytest.mark.parametrize("message", MAILS, ids=lambda message: message.id)
def test_the_twin_says_what_the_source_says(message: Message) -> None:
    """Every layer that it lists is worked out from the parsed mail."""
    mail = message.mail
    assert mail is not None
    checks = mail.results_of(CASE.server).checks
    said = [f"{check.method}={check.result}" + (f" for {check.domain}" if check.domain else "") for check in checks]

    assert layers_of(message) == {
        "Sender": mail.sender,
        "Reply goes to": mail.reply_to or "the sender",
        "Envelope": mail.envelope,
        "Checks": "; ".join(said),
        "Path": ", ".join([mail.hops[0].sender, *(hop.receiver for hop in mail.hops)]),
        "Link leads to": ", ".join(link.address.registered for link in mail.links) or "nowhere, there is no link",
    }


def test_the_twin_counts_contradictions_as_the_model_does() -> None:
    """The list of truths: four contradictions in A, none in the other mails, nothing to look at in the chat."""
    for message in CASE.messages:
        layers = (
            f"Layers that contradict it: {len(message.mail.disagreements(CASE.server))}."
            if message.mail
            else "It has no layers."
        )
        assert f"\n- **{message.id}. {TRUTH_WORDS[message.truth]}.** {layers} " in twin()


def test_the_four_addresses_of_the_lesson_are_those_of_the_simulation() -> None:
    """Who reads without the simulation sees the same addresses, owners and answers."""
    for puzzle in CASE.puzzles:
        whose = "the commission" if puzzle.owned else "somebody else"
        line = f"`{puzzle.address.text}` belongs to `{puzzle.address.registered}`: {whose}."
        assert line in text_of("where-a-link-goes")


def test_the_head_in_the_lesson_is_the_head_of_mail_a() -> None:
    """Each line of the printed head stands in the source of mail A, and nothing is added."""
    (printed,) = re.findall(r"^```\n(.*?)^```$", text_of("reading-the-envelope"), re.MULTILINE | re.DOTALL)
    source = " ".join(data.source("case-closes.eml").decode().split())

    for header in re.split(r"\n(?=\S)", printed.strip()):
        assert " ".join(header.split()) in source


def test_the_two_lines_of_checks_in_the_lesson_are_those_of_mail_d() -> None:
    """The lesson names the servers and the domains that the source names."""
    (mail,) = [message.mail for message in MAILS if message.id == "D"]
    text = text_of("reading-the-envelope")

    for results in mail.results:
        assert f"begins with `{results.server}`" in text
        assert f"`{results.of('dmarc').domain}`" in text


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_no_name_can_lead_to_anybody(file: Path) -> None:
    """Mail addresses and invented sites end in .example, numbers are those kept for documentation."""
    text = file.read_text(encoding="utf-8")
    sources = {
        source["url"] for source in yaml.safe_load((MODULE / "module.yml").read_text(encoding="utf-8"))["sources"]
    }

    assert "[verify]" not in text
    for address in re.findall(r"https?://[^\s`\"<>)]+", text):
        assert address in sources or dissect(address).registered.endswith(".example") or dissect(address).is_number
    for host in re.findall(r"[\w.]+@([\w-]+(?:\.[\w-]+)+)", text, re.ASCII):
        assert host.endswith(".example") or host in re.findall(r"[\d.]+", text)
    for number in re.findall(r"\b(?:\d{1,3}\.){3}\d{1,3}\b", text):
        assert number.startswith(("192.0.2.", "198.51.100.", "203.0.113."))


def test_every_address_in_a_lesson_is_kept_left_to_right() -> None:
    """On the page, each invented host stands in a bdi with a direction, also inside right-to-left text."""
    for lesson in read_module(ROOT, "false-doors")["en"].lessons:
        html = "".join(section.html for section in lesson.sections)
        without_pictures = re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL)
        loose = re.sub(r'<bdi dir="ltr">.*?</bdi>|<pre dir="ltr">.*?</pre>', " ", without_pictures, flags=re.DOTALL)
        assert not re.findall(r"[\w-]+\.example\b", loose)


def test_the_clocks_of_the_lesson_are_those_of_the_mails() -> None:
    """The hours in the text and the key of the practice question follow from the sources."""
    mails = {message.id: message.mail for message in MAILS}
    here = timezone(timedelta(hours=5))
    text = text_of("reading-the-envelope")

    for hop in mails["A"].hops:
        assert f"`{hop.sender}` gave it to `{hop.receiver}` at {hop.at:%H:%M:%S}, {hop.at:%z}." in text
    assert f"says {mails['A'].sent:%H:%M}, {mails['A'].sent:%z}" in text
    assert f"it is {mails['A'].sent.astimezone(here):%H:%M} here" in text
    assert f"\nanswer: {mails['E'].sent.astimezone(here).hour}\n" in text


def test_the_model_warning_is_a_good_warning() -> None:
    """The example of the last lesson holds no address, fits the limit of the task and names nobody who tapped."""
    (warning,) = re.findall(r"^> (Hello all\..*)$", text_of("after-a-mistake"), re.MULTILINE)

    assert len(warning.split()) <= 120
    assert not re.search(r"https?:|\.example|clicked", warning)
    assert "mailbox almost full" in warning  # the task is about two other messages
