"""The who-sees-what board: its verified table, the question who can connect two ends, and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import ContentError
from academy.interactive.channels import data
from academy.interactive.channels.model import PROTOCOLS, ROUTES, SetUp, connects, hidden, sees

BOARD = data.load()

VERIFIED = {
    ("http", "direct"): {
        "wifi operator": "address site content",
        "networks": "address site content",
        "website": "address site content",
    },
    ("https", "direct"): {
        "wifi operator": "address site",
        "networks": "address site",
        "website": "address site content",
    },
    ("http", "vpn"): {
        "wifi operator": "address uses-vpn",
        "vpn": "address site content",
        "networks": "site content",
        "website": "site content vpn-address",
    },
    ("https", "vpn"): {
        "wifi operator": "address uses-vpn",
        "vpn": "address site",
        "networks": "site",
        "website": "site content vpn-address",
    },
    ("http", "tor"): {
        "wifi operator": "address uses-tor",
        "exit": "site content",
        "networks": "site content",
        "website": "site content exit-address",
    },
    ("https", "tor"): {
        "wifi operator": "address uses-tor",
        "exit": "site",
        "networks": "site",
        "website": "site content exit-address",
    },
}
"""What the course's table says for somebody who is not signed in; when and how much is seen by all of them."""

set_ups = st.builds(SetUp, st.sampled_from(PROTOCOLS), st.sampled_from(ROUTES), st.booleans())


@pytest.mark.parametrize(("protocol", "route"), VERIFIED)
def test_the_board_shows_the_verified_table(protocol: str, route: str) -> None:
    """Each of the six set-ups shows each observer just what the table says."""
    expected = {
        observer: {*facts.split(), "traffic"}
        for observers, facts in VERIFIED[protocol, route].items()
        for observer in observers.split()
    }

    assert sees(SetUp(protocol, route, signed_in=False)) == expected


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_who_can_connect_a_person_with_a_site(protocol: str) -> None:
    """Without signing in: everybody on a direct way, the VPN company behind a VPN, nobody behind Tor."""
    direct, vpn, tor = (SetUp(protocol, route, signed_in=False) for route in ("direct", "vpn", "tor"))

    assert connects(direct) == tuple(sees(direct))
    assert connects(vpn) == ("vpn",)
    assert connects(tor) == ()


@given(set_ups)
def test_signing_in_tells_the_website_and_never_hides_anything(set_up: SetUp) -> None:
    """Whoever signs in is known to the site, whatever stands between; nobody sees less than before."""
    out, in_ = (sees(SetUp(set_up.protocol, set_up.route, signed)) for signed in (False, True))

    assert "website" in connects(SetUp(set_up.protocol, set_up.route, signed_in=True))
    assert all(out[observer] <= in_[observer] for observer in out)


@given(set_ups)
def test_https_hides_content_from_all_but_the_site(set_up: SetUp) -> None:
    """With HTTPS only the site reads the content and the account; without it nobody sees less."""
    closed, plain = (sees(SetUp(protocol, set_up.route, set_up.signed_in)) for protocol in ("https", "http"))

    assert [observer for observer, facts in closed.items() if facts & {"content", "account"}] == ["website"]
    assert all(closed[observer] <= plain[observer] for observer in closed)


@given(set_ups)
def test_somebody_always_knows_her_address_and_somebody_always_knows_the_site(set_up: SetUp) -> None:
    """No switch makes a visit unseen: the operator always knows the line, the site always knows itself."""
    facts = sees(set_up)

    assert "address" in facts["operator"]
    assert {"site", "content", "traffic"} <= facts["website"]
    assert len(facts) == (4 if set_up.route == "direct" else 5)


@given(set_ups)
def test_what_stays_hidden_is_what_is_not_seen(set_up: SetUp) -> None:
    """A fact stands in one of the two lists and never in both."""
    for facts in sees(set_up).values():
        assert not set(hidden(set_up, facts)) & facts
        assert {"address", "site", "content"} <= set(hidden(set_up, facts)) | facts


def test_calls_and_chats_leave_what_the_course_says() -> None:
    """Of a call the operator has everything; of an encrypted chat it has no words, but still time and place."""
    call, chat = BOARD.ways

    assert set(call.rows[0].sees) == {"content", "numbers", "when", "place"}
    assert set(chat.rows[0].sees) == {"service", "when", "amount", "place"}
    assert chat.rows[1].sees == ("depends",)
    assert all("content" in way.rows[-1].sees for way in BOARD.ways)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("observers:", "watchers:", "observers"),
        ("  vpn: {en", "  vpm: {en", "observers"),
        ("[depends]", "[all]", "ways"),
    ],
)
def test_malformed_words_name_the_field(old: str, new: str, field: str) -> None:
    """Missing tables, missing observers and unknown traces are refused."""
    file = data.files("academy.interactive.channels").joinpath(data.FILE)
    with pytest.raises(ContentError) as caught:
        data.read(file.read_text(encoding="utf-8").replace(old, new, 1))

    assert str(caught.value.field).startswith(field)
