"""The mail inspector: what its parsed sources say, where addresses lead, and what is said about a verdict."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.mail import data
from academy.interactive.mail.address import dissect, registered
from academy.interactive.mail.model import VERDICTS, judge, message_of
from academy.interactive.mail.parsing import METHODS, Mail, parse

CASE = data.load()
MAILS = {message.id: message.mail for message in CASE.messages if message.mail}
REASONS = [choice.id for choice in CASE.reasons]
ACTIONS = [choice.id for choice in CASE.actions]
HEAD = """Return-Path: <a@one.example>
Received: from m.one.example (m.one.example [192.0.2.1]) by mail.rwn.example with ESMTP; Mon, 3 Nov 2025 09:14:31 +0500
Authentication-Results: mail.rwn.example; spf=pass smtp.mailfrom=a@one.example; dmarc=pass header.from=one.example
From: "One" <a@one.example>
Date: Mon, 03 Nov 2025 04:14:20 +0000
"""

labels = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


def checks_of(mail: Mail) -> list[tuple[str, str, str]]:
    """Return what RWN's own server reports, as method, result and domain."""
    return [(check.method, check.result, check.domain) for check in mail.results_of(CASE.server).checks]


def test_mail_a_says_what_its_source_says() -> None:
    """The forged mail: every layer as it stands in the file, and the lie in each."""
    mail = MAILS["A"]

    assert (mail.name, mail.sender) == ("Velunia National Commission for Human Rights", "complaints@vnchr.example")
    assert (mail.reply_to, mail.envelope) == ("vnchr.complaints@freemail.example", "bounce@mailer-77.example")
    assert checks_of(mail) == [
        ("spf", "pass", "mailer-77.example"),
        ("dkim", "none", ""),
        ("dmarc", "fail", "vnchr.example"),
    ]
    assert [link.address.host for link in mail.links] == ["vnchr.example.account-verify.example"]
    assert mail.links[0].text == "https://vnchr.example/cases"
    assert mail.disagreements(CASE.server) == ("reply", "envelope", "checks", "links")


def test_the_way_is_read_from_the_lowest_line_upwards() -> None:
    """The first handing over is the oldest Received line, and both clocks of mail A show the same minute."""
    mail = MAILS["A"]

    assert [(hop.sender, hop.number, hop.receiver) for hop in mail.hops] == [
        ("vps31.cheaphost.example", "203.0.113.45", "mx.rwn.example"),
        ("mx.rwn.example", "198.51.100.20", "mail.rwn.example"),
    ]
    assert (mail.sent.utcoffset(), mail.hops[0].at.utcoffset()) == (timedelta(0), timedelta(hours=5))
    assert timedelta(0) <= mail.hops[-1].at - mail.sent < timedelta(minutes=1)


@pytest.mark.parametrize("name", ["B", "C", "D", "E"])
def test_in_the_other_mails_no_layer_contradicts_what_is_shown(name: str) -> None:
    """Two of them are genuine and two are not: the layers cannot tell."""
    assert MAILS[name].disagreements(CASE.server) == ()


@pytest.mark.parametrize(
    ("name", "passed_for"),
    [("C", "ilwenlegal.example"), ("D", "rwn-mail.example"), ("B", "rwn.example")],
)
def test_all_three_checks_pass_also_on_dangerous_mails(name: str, passed_for: str) -> None:
    """The hijacked account and the look-alike name pass everything, as the genuine mail does."""
    assert checks_of(MAILS[name]) == [(method, "pass", passed_for) for method in METHODS]


def test_the_newsletter_has_another_envelope_and_the_same_owner() -> None:
    """Return-Path and From differ, DKIM signs for the commission, and DMARC passes."""
    mail = MAILS["E"]

    assert (mail.envelope, mail.results_of(CASE.server).of("dkim").domain) == (
        "bounce@news.vnchr.example",
        "vnchr.example",
    )
    assert [link.address.registered for link in mail.links] == ["vnchr.example"]
    assert mail.results_of(CASE.server).of("dmarc").result == "pass"


def test_only_the_line_of_ones_own_server_counts() -> None:
    """Mail D brought a line along that claims a pass for rwn.example; it changes nothing."""
    mail = MAILS["D"]
    own, brought = mail.results

    assert (own.server, brought.server) == ("mail.rwn.example", "mx.sure-check.example")
    assert brought.of("dmarc").domain == "rwn.example"
    assert {check.domain for check in mail.proved(CASE.server)} == {"rwn-mail.example"}
    assert mail.results_of("mail.unknown.example").checks == ()


@pytest.mark.parametrize("name", MAILS)
def test_dmarc_passes_where_spf_or_dkim_passed_for_the_owner_of_from(name: str) -> None:
    """The sources keep the rule of RFC 7489: the third check follows from the first two."""
    mail = MAILS[name]

    assert (mail.results_of(CASE.server).of("dmarc").result == "pass") == bool(mail.proved(CASE.server))


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_was_written_before_it_arrived_and_ends_at_the_own_server(name: str) -> None:
    """Times rise along the way, whatever their zones, and every name can hit nobody."""
    mail = MAILS[name]
    times = [mail.sent, *(hop.at for hop in mail.hops)]
    hosts = [part for hop in mail.hops for part in (hop.sender, hop.receiver)]

    assert times == sorted(times)
    assert mail.hops[-1].receiver == CASE.server
    assert all(host.endswith(".example") for host in hosts + [link.address.host for link in mail.links])
    assert all(hop.number.startswith(("192.0.2.", "198.51.100.", "203.0.113.")) for hop in mail.hops)


def test_each_kind_of_truth_is_there() -> None:
    """Six messages: two phishing, one look-alike, one hijacked account, two genuine; only the chat has no layers."""
    assert {message.id: message.truth for message in CASE.messages} == {
        "A": "phishing", "B": "genuine", "C": "hijacked", "D": "look-alike", "E": "genuine", "F": "phishing",
    }  # fmt: skip
    assert [message.id for message in CASE.messages if message.mail is None] == ["F"]


@pytest.mark.parametrize(
    ("puzzle", "host", "owner", "owned"),
    [
        ("L1", "vnchr.example.account-verify.example", "account-verify.example", False),
        ("L2", "203.0.113.7", "203.0.113.7", False),
        ("L3", "login.vnchr.example", "vnchr.example", True),
        ("L4", "xn--vnhr-m6d.example", "xn--vnhr-m6d.example", False),
    ],
)
def test_the_four_addresses_lead_where_they_lead(puzzle: str, host: str, owner: str, owned: bool) -> None:  # noqa: FBT001
    """A true name in front, a user name before an @, a subdomain, and a letter of another script."""
    (found,) = [one for one in CASE.puzzles if one.id == puzzle]

    assert (found.address.host, found.address.registered, found.owned) == (host, owner, owned)
    assert found.owned == (owner == CASE.domain)


def test_the_parts_of_the_tricky_addresses_are_named() -> None:
    """What stands before the @ is a user name; a letter of another script is found."""
    number, script = CASE.puzzles[1].address, CASE.puzzles[3].address

    assert (number.user, number.is_number, number.path) == ("vnchr.example", True, "/login")
    assert (script.foreign, script.is_number) == (("\N{CYRILLIC SMALL LETTER ES}",), False)


@given(st.lists(labels, max_size=4), labels, st.text("abc/@.-?", max_size=12), labels)
def test_nothing_around_the_owners_name_changes_the_owner(left: list[str], name: str, page: str, user: str) -> None:
    """Whatever stands in front, before an @ or behind the slash: the last two parts decide."""
    host = ".".join([*left, name, "example"])
    for text in (f"https://{host}/{page}", f"https://{user}.example@{host}/{page}"):
        found = dissect(text)
        assert found.registered == f"{name}.example"
        assert found.left == ".".join(left)


@given(st.text(max_size=40))
def test_a_text_is_an_address_with_a_host_or_it_is_refused(text: str) -> None:
    """No text breaks the reader of addresses, and a host is always written in ASCII."""
    try:
        found = dissect(text)
    except BadInput:
        return
    assert found.host
    assert found.host.isascii()


@given(st.integers(0, 255), st.integers(0, 255))
def test_a_number_belongs_to_itself(third: int, fourth: int) -> None:
    """Parts of an IP address are not names."""
    assert registered(f"203.0.{third}.{fourth}") == f"203.0.{third}.{fourth}"


@given(st.sampled_from(CASE.messages), st.sampled_from(VERDICTS), st.sampled_from(REASONS), st.sampled_from(ACTIONS))
def test_every_verdict_gets_a_kind_reason(message, verdict: str, reason: str, action: str) -> None:  # noqa: ANN001
    """Whatever is chosen, there are words for it, and none of them blames."""
    found = judge(CASE, message.id, verdict, reason, action)
    words = f"{found.verdict} {found.reason} {found.action}".lower()

    assert all((found.verdict, found.reason, found.action))
    assert not any(blame in words for blame in ("you failed", "wrong!", "stupid", "your fault", "you should have"))


@pytest.mark.parametrize("name", [message.id for message in CASE.messages if message.dangerous])
def test_obeying_and_answering_never_help_where_it_is_dangerous(name: str) -> None:
    """Another way to the person always does."""
    helps = {action: judge(CASE, name, "unsure", "pressure", action).action_helps for action in ACTIONS}

    assert not any(helps[action] for action in ("obey", "answer", "delete"))
    assert helps["call"]
    assert helps["warn"]


def test_style_is_no_reason_and_a_pass_none_against_danger() -> None:
    """Spelling decides nothing anywhere; passed checks speak only for the genuine mails."""
    fits = {reason: [m.id for m in CASE.messages if reason in m.fitting] for reason in REASONS}

    assert fits["untidy"] == []
    assert fits["passed"] == fits["harmless"] == ["B", "E"]
    assert fits["checks"] == fits["reply"] == fits["link"] == ["A"]


@pytest.mark.parametrize("layer", ["reply", "checks", "links"])
def test_a_reason_about_a_layer_fits_where_the_layer_contradicts(layer: str) -> None:
    """The reasons for the verdict agree with what was parsed."""
    reason = {"links": "link"}.get(layer, layer)
    contradicted = [name for name, mail in MAILS.items() if layer in mail.disagreements(CASE.server)]

    assert [message.id for message in CASE.messages if reason in message.fitting] == contradicted


@pytest.mark.parametrize(
    "given_choices",
    [
        ("Z", "safe", "reply", "call"),
        ("A", "fine", "reply", "call"),
        ("A", "safe", "why", "call"),
        ("A", "safe", "reply", "run"),
    ],
)
def test_unknown_choices_are_refused(given_choices: tuple[str, str, str, str]) -> None:
    """A message, verdict, reason or action that does not exist is bad input."""
    with pytest.raises(BadInput):
        judge(CASE, *given_choices)


def test_plain_text_and_html_are_read_without_their_marks() -> None:
    """Paragraphs are words only: marks, scripts of a sender and line ends do not survive."""
    plain = parse((HEAD + "Content-Type: text/plain\n\nFirst.\n\nSecond.\n").encode(), "plain.eml")
    html = parse(
        (HEAD + 'Content-Type: text/html\n\n<p>Go <b>to</b>\n<a href="https://two.example/x">https://one.example</a></p>\n').encode(),
        "html.eml",
    )  # fmt: skip

    assert (plain.paragraphs, plain.links) == (("First.", "Second."), ())
    assert html.paragraphs == ("Go to https://one.example",)
    assert html.links[0].lies
    assert html.disagreements("mail.rwn.example") == ("links",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("From: ", "Form: "),
        ("Return-Path: <a@one.example>\n", ""),
        ("Mon, 03 Nov 2025", "someday"),
        ("Received: from m.one.example", "Received: out of nowhere"),
    ],
)
def test_an_unreadable_source_is_refused_with_its_name(old: str, new: str) -> None:
    """A file that lacks a layer stops the load, and the error names it."""
    with pytest.raises(ContentError, match=r"bad\.eml"):
        parse((HEAD.replace(old, new) + "\nText\n").encode(), "bad.eml")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("server: mail", "sever: mail", "server"),
        ("truth: hijacked", "truth: odd", "messages.2.truth"),
        ("id: L2", "id: L1", "puzzles"),
        ("best: [obey, call]", "best: [obey, fly]", "messages.B"),
        ("    file: clinic.eml\n", "", "messages.B"),
    ],
)
def test_a_malformed_case_names_the_field(old: str, new: str, field: str) -> None:
    """Unknown keys and values, doubled ids, unknown reasons and messages without words are refused."""
    text = data.files("academy.interactive.mail").joinpath(data.FILE).read_text(encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        data.read(text.replace(old, new))

    assert caught.value.field == field


def test_a_language_without_its_own_mails_shows_the_english_ones() -> None:
    """A missing translation is no gap."""
    assert message_of(data.load("bn"), "A").mail == MAILS["A"]
