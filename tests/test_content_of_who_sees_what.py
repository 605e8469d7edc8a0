"""The module "Who sees what?": its items, its figures and facts, and twins that are true to their models."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from academy.content import catalogue
from academy.content.model import Box, Figure, Lesson, Twin
from academy.content.questions import Question
from academy.content.scoring import answer_key
from academy.interactive.call_log import data as log_data
from academy.interactive.call_log.inference import links
from academy.interactive.call_log.model import LINKS, Entry, changed, moment
from academy.interactive.channels import data as board_data
from academy.interactive.channels.model import SetUp, connects, sees
from academy.interactive.screens.silent_log.model import when

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "modules" / "who-sees-what"
LOADED = catalogue.load(ROOT)
MODULE = LOADED.module("who-sees-what")
ASSESSMENT = LOADED.assessment("who-sees-what")
CASE, BOARD = log_data.load(), board_data.load()
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"

KEYS: dict[str, tuple[str, Any, float]] = {
    "DS4.1": ("multi", ["a", "c"], 1),
    "DS4.2": ("single", "d", 1),
    "DS4.3": ("numeric", "0", 1),
    "DS4.4": ("match", {"r1": "https", "r2": "e2e", "r3": "tor", "r4": "enc"}, 1),
    "DS4.5": ("single", "b", 1),
    "DS4.6": ("scenario", "a", 2),
    "DS4.7": ("multi", ["a", "c", "d"], 1),
    "DS4.8": ("scenario", "c", 2),
}
"""Type, key and points of each graded question but the essay."""


def lesson(slug: str) -> Lesson:
    """Return one lesson of the module."""
    return next(lesson for lesson in MODULE.lessons if lesson.slug == slug)


def text_of(slug: str) -> str:
    """Return a lesson's text as it stands in the file."""
    return (FOLDER / "en" / f"{slug}.md").read_text(encoding="utf-8")


def rows_of(slug: str, head: str) -> list[list[str]]:
    """Return the rows of the table of a lesson that begins with the cells of ``head``."""
    lines = text_of(slug).splitlines()
    start = lines.index(head) + 2
    end = next(number for number in range(start, len(lines)) if not lines[number].startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:end]]


def practice(slug: str, name: str) -> Question:
    """Return one practice question."""
    return lesson(slug).practice[name]


# --- the whole module ---


def test_the_module_takes_75_minutes_and_each_page_stays_light() -> None:
    """Five lessons, each with a figure; the two simulations have their twins; 26 points can be had."""
    assert sum(lesson.minutes for lesson in MODULE.lessons) == MODULE.minutes == 75
    assert [lesson.interactive for lesson in MODULE.lessons if lesson.interactive] == ["silent-log", "who-sees-what"]
    assert max(lesson.weight for lesson in MODULE.lessons) < 40_000
    assert ASSESSMENT.points == 26


@pytest.mark.parametrize("slug", [lesson.slug for lesson in MODULE.lessons])
def test_each_lesson_starts_with_something_to_do_and_ends_with_what_to_keep(slug: str) -> None:
    """A puzzle stands before the first source; a figure, three things to keep and a quiet question follow."""
    text = text_of(slug)
    blocks = [inner for block in lesson(slug).blocks for inner in (block, *getattr(block, "blocks", ()))]
    (checklist,) = re.findall(r"^:::\{checklist\}\n(.*?)^:::$", text, re.MULTILINE | re.DOTALL)
    puzzle = min(text.find(mark) % len(text) for mark in (":::{practice}", ":::{twin}"))

    assert puzzle < text.find("[@") % len(text)
    assert any(isinstance(block, Figure) for block in blocks)
    assert len(re.findall(r"^- ", checklist, re.MULTILINE)) == 3
    assert "What will you change this week?" in text
    assert "There is no box here, and nothing is sent." in text


@pytest.mark.parametrize("slug", [lesson.slug for lesson in MODULE.lessons])
def test_each_section_ends_with_a_question(slug: str) -> None:
    """Every heading outside the twin leads to something to do before the next heading."""
    text = re.sub(r"^::::\{twin\}\n.*?^::::$", "TWIN", text_of(slug), flags=re.MULTILINE | re.DOTALL)
    for section in text.split("\n## ")[1:]:
        assert ":::{practice}" in section or "TWIN" in section, section.splitlines()[0]


def test_the_law_comes_before_the_tools() -> None:
    """Every lesson that names a tool says: check the law and your own risk first."""
    for found in MODULE.lessons:
        assert "the law and your own risk first" in text_of(found.slug).replace("\n", " ")
        assert any(isinstance(block, Box) and block.kind == "caution" for block in found.blocks)
    assert not re.search(r"\b(un(traceable|trackable)|100 ?%|completely (safe|anonymous))", everything())
    assert "No tool makes anybody undetectable." in text_of("on-the-way-to-a-website")


def test_the_figures_of_the_sources_are_told_as_they_stand() -> None:
    """Counts of shutdowns carry their year, their source and a word on newer ones; one case of 2016 stays one case."""
    cut, chats = text_of("when-the-line-is-cut"), text_of("closed-chats")

    assert "296 shutdowns in 54 countries in 2024. The year before it was 283 in 39 countries [@KIO-2024]." in cut
    assert "There may be a newer count" in cut
    assert "2016" in chats.split("[@SIGNAL-2016]")[0]
    assert "the date when the account was made and the date when it was last used" in chats
    assert "It is not advice to use it." in chats


def test_the_reader_of_the_log_may_skip_it() -> None:
    """A note before the module says what the first lesson is like and that it can be left out."""
    assert MODULE.content_note is not None
    assert "begin with the second lesson" in str(MODULE.content_note)
    assert "still pass" in str(ASSESSMENT.intro)


def everything() -> str:
    """Return all that people read in this module."""
    files = [*FOLDER.rglob("*.md"), *(ROOT / "assessments" / "who-sees-what").rglob("*.yml")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


# --- the graded questions ---


def test_the_graded_items_are_all_there() -> None:
    """Eight questions with their types, keys and points, and the page of writing with its four criteria."""
    *questions, essay = ASSESSMENT.questions

    assert {q.id: (q.type, answer_key(q), q.points) for q in questions} == KEYS
    assert (essay.id, essay.type, essay.points) == ("DS4-A", "essay", 16)
    assert essay.type == "essay"
    assert [[(level.least, level.points) for level in row.levels] for row in essay.rubric] == [
        [(4, 4), (3, 3), (1, 2), (0, 0)]
    ] * 4
    assert "Use the RWN story only." in essay.stem


def test_the_answer_about_the_board_is_that_of_the_board() -> None:
    """DS4.3 asks what the rules can be asked."""
    facts = sees(SetUp("https", "tor", signed_in=False))

    assert answer_key(ASSESSMENT.questions[2]) == str(sum({"address", "site"} <= seen for seen in facts.values()))


def test_the_guide_gives_the_keys_of_the_questions() -> None:
    """What facilitators read agrees with what is scored."""
    guide = (FOLDER / "guide.en.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (DS4\.\d) \| ([^|]+) \|", guide, re.MULTILINE))

    assert set(rows) == set(KEYS)
    for name, (kind, key, _) in KEYS.items():
        if kind in {"single", "scenario", "multi"}:
            assert rows[name].startswith(key if isinstance(key, str) else ", ".join(key)), name
    assert rows["DS4.3"] == "0"


# --- the twin of the silent log ---


def test_the_twin_of_the_log_shows_its_twelve_lines() -> None:
    """Numbers, times, people and masts in the list are those of the model."""
    found = re.findall(r"^(\d+)\. \*\*(.+?)\*\* (.+) \(mast (.+)\)$", text_of("twelve-lines"), re.MULTILINE)

    assert len(found) == len(CASE.entries)
    for number, (entry, line) in enumerate(zip(CASE.entries, found, strict=True), start=1):
        whom = "no calls; both phones silent" if entry.silent else f"{entry.callers[0]} to {entry.called[0]}"
        assert line == (str(number), when(entry), whom, entry.mast)


def test_the_twin_gives_the_answers_of_the_model() -> None:
    """When and where, and who heard first, with the lines that the model names as well; and the five links."""
    text = text_of("twelve-lines")
    interview, result = CASE.questions[1:]

    assert interview.right.text == "Tuesday 07:40 to 09:20, Upper Kessar"
    assert "Tuesday, 07:40 to 09:20, in Upper Kessar." in text
    assert result.right.text == "Davit, then the commission"
    assert "Davit, and then the commission, VNCHR" in text
    for found in (interview, result):
        assert f"(lines {', '.join(map(str, found.lines[:-1]))} and {found.lines[-1]})" in text
    assert re.findall(r"^- \*\*(.+)\*\* \(lines? ", text, re.MULTILINE) == [CASE.names[link] for link in LINKS]


def test_the_twin_counts_the_links_as_the_model_does() -> None:
    """Each habit alone, and each pair of habits, leaves as many links as the rules say."""
    alone = rows_of("twelve-lines", "| Habit | Links left of 5 |")
    pairs = rows_of("twelve-lines", "| Two habits | Links left of 5 |")
    ids = [habit.id for habit in CASE.habits]

    assert [row[0] for row in alone] == [habit.text for habit in CASE.habits]
    assert [int(row[1]) for row in alone] == [len(links(CASE, changed(CASE, [name]))) for name in ids]
    assert len(pairs) == 6
    named = {
        "home": "Phones at home",
        "round": "weekly round",
        "clinic-day": "linic day",
        "shop": f"Bela{APOSTROPHE}s shop",
    }
    for one, other in combinations(ids, 2):
        (row,) = [row for row in pairs if named[one] in row[0] and named[other] in row[0]]
        assert int(row[1]) == len(links(CASE, changed(CASE, [one, other])))


def test_the_other_log_to_count_has_the_links_of_the_rules() -> None:
    """The numeric practice question is answered as the rules would answer it."""
    number = "+999 55 0107"
    log = [
        Entry("a", moment("Thu 14:00"), moment("Thu 14:00"), ("Salma",), (number,), "Dorrin-1"),
        Entry("b", moment("Thu 14:20"), moment("Thu 15:30"), ("Salma", number), (), "Dorrin-1", others=60),
        Entry("c", moment("Thu 15:35"), moment("Thu 15:35"), ("Salma",), ("Davit",), "Dorrin-1"),
    ]

    assert answer_key(practice("twelve-lines", "P1.2")) == str(len(links(CASE, log)))


# --- the twin of the board ---

SETUPS = [(protocol, route) for route in ("direct", "vpn", "tor") for protocol in ("http", "https")]
ROUTES = {"**Direct**": "direct", "**Through a VPN**": "vpn", "**Through Tor**": "tor"}
ROWS = {
    "Wi-Fi owner, operator": "operator",
    "VPN company": "vpn",
    "Tor exit": "exit",
    "Networks further on": "networks",
    "Website": "website",
}
WORDS = {
    "address": "address",
    "site": "site",
    "content": "content",
    "uses-vpn": "uses a VPN",
    "uses-tor": "uses Tor",
    "vpn-address": f"the VPN{APOSTROPHE}s address",
    "exit-address": f"the exit{APOSTROPHE}s address",
}


def name_of(protocol: str, route: str) -> str:
    """Return a set-up as the tables name it."""
    return protocol.upper() + {"direct": ", direct", "vpn": " + VPN", "tor": " + Tor"}[route]


@pytest.mark.parametrize("title", ROUTES)
def test_the_twin_of_the_board_shows_the_six_set_ups(title: str) -> None:
    """Each line holds just what the rules say; when and how much is said for all of them below the lists."""
    text = text_of("on-the-way-to-a-website")
    lines = text.split(f"{title}\n\n")[1].split("\n\n")[0]
    rows = re.findall(r"^- \*\*(.+):\*\* ([^.]+)\.( With HTTP also the content\.)?$", lines, re.MULTILINE)
    plain, closed = (sees(SetUp(protocol, ROUTES[title], signed_in=False)) for protocol in ("http", "https"))

    assert closed["wifi"] == closed["operator"]
    assert [ROWS[name] for name, _, _ in rows] == [observer for observer in plain if observer != "wifi"]
    for name, words, more in rows:
        facts, also = closed[ROWS[name]], plain[ROWS[name]] - closed[ROWS[name]]
        assert set(words.split(", ")) == {WORDS[fact] for fact in facts - {"traffic"}}
        assert also == ({"content"} if more else set())
    assert "All of them also see when, and how much." in text


def test_the_twin_counts_who_can_connect_the_two_ends() -> None:
    """Counts with and without signing in are those of the rules, and so are the names below the table."""
    rows = rows_of("on-the-way-to-a-website", "| Set-up | Not signed in | Signed in |")

    assert [row[0] for row in rows] == [name_of(*set_up) for set_up in SETUPS]
    for (protocol, route), row in zip(SETUPS, rows, strict=True):
        for cell, signed_in in zip(row[1:], (False, True), strict=True):
            set_up = SetUp(protocol, route, signed_in)
            assert cell == f"{len(connects(set_up))} of {len(sees(set_up))}"


@pytest.mark.parametrize(
    ("route", "alone", "signed", "plain"),
    [
        ("vpn", {"vpn"}, {"vpn", "website"}, {"vpn", "website", "networks"}),
        ("tor", set(), {"website"}, {"website", "exit", "networks"}),
    ],
)
def test_the_names_below_the_table_are_those_of_the_rules(
    route: str, alone: set[str], signed: set[str], plain: set[str]
) -> None:
    """The VPN company or nobody; the website once she signs in; with plain HTTP all who come after."""
    said = {
        "vpn": "the VPN company. When Salma signs in, the website too, and with plain HTTP also the networks",
        "tor": "nobody. When Salma signs in, the website, and with plain HTTP also the Tor exit and the networks",
    }

    assert said[route] in text_of("on-the-way-to-a-website")
    assert set(connects(SetUp("https", route, signed_in=False))) == alone
    assert set(connects(SetUp("http", route, signed_in=False))) == alone
    assert set(connects(SetUp("https", route, signed_in=True))) == signed
    assert set(connects(SetUp("http", route, signed_in=True))) == plain


def test_the_plain_way_is_told_watcher_by_watcher() -> None:
    """The first list of the twin is HTTPS on a direct way: all see her address and the site, one sees the content."""
    lines = re.findall(r"^- \*\*(.+):\*\* (Salma.+)$", text_of("on-the-way-to-a-website"), re.MULTILINE)
    facts = sees(SetUp("https", "direct", signed_in=False))

    assert [name for name, _ in lines] == [BOARD.observers[observer] for observer in facts]
    for (_, words), seen in zip(lines, facts.values(), strict=True):
        assert words.startswith(f"Salma{APOSTROPHE}s address, the site, when and how much")
        assert words.endswith("and the content." if "content" in seen else "Not the content.")


def test_the_twin_tells_the_same_of_calls_and_chats() -> None:
    """What the operator learns of a call and of a chat stands in the list in the words of the board."""
    text = text_of("on-the-way-to-a-website")
    for way in BOARD.ways:
        lines = text.split(f"**{way.text}**\n\n")[1].split("\n\n")[0]
        learned = ", ".join(BOARD.traces[trace] for trace in way.rows[0].sees)
        assert f"- **{way.rows[0].who}:** {learned}." in lines
        assert all(f"- **{row.who}:**" in lines for row in way.rows)


def test_the_count_behind_plain_tor_is_that_of_the_board() -> None:
    """The practice question about signing in over plain HTTP is answered as the rules would answer it."""
    set_up = SetUp("http", "tor", signed_in=True)

    assert answer_key(practice("on-the-way-to-a-website", "P3.4")) == str(len(connects(set_up)))


def test_both_twins_are_the_only_ones() -> None:
    """Two lessons have a simulation, and each has its twin with a figure in it."""
    twins = [block for lesson in MODULE.lessons for block in lesson.blocks if isinstance(block, Twin)]

    assert len(twins) == 2
    assert all(any(isinstance(block, Figure) for block in twin.blocks) for twin in twins)
