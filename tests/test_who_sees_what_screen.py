"""The screen of the who-sees-what board: what is switched is what is shown, and nothing is kept."""

from __future__ import annotations

import ipywidgets
import pytest

from academy.interactive.channels import data
from academy.interactive.channels.model import PROTOCOLS, ROUTES, SetUp, connects, sees
from academy.interactive.screens.who_sees_what.view import Browsing, Talking
from academy.interactive.widgets import fill

BOARD = data.load()


def browsing(protocol: str, route: str, *, signed_in: bool) -> Browsing:
    """Return the first tab, switched."""
    tab = Browsing(BOARD)
    tab.protocol.value, tab.route.value, tab.signed_in.value = protocol, route, signed_in
    return tab


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_board_names_who_can_connect_the_two_ends(protocol: str, route: str, signed_in: bool) -> None:  # noqa: FBT001
    """Every observer is on the list; the answer comes only when somebody asks, and names just those who can."""
    set_up = SetUp(protocol, route, signed_in)
    tab = browsing(protocol, route, signed_in=signed_in)
    before = tab.state.html
    tab.ask.click()

    assert tab.list.html.count("Sees: ") == len(sees(set_up))
    assert not [name for name in BOARD.observers.values() if name in before]
    assert [key for key, name in BOARD.observers.items() if name in tab.state.html] == list(connects(set_up))


def test_a_switch_leaves_the_question_open_again() -> None:
    """After a change the old answer is gone, so that people think before they look."""
    tab = browsing("https", "tor", signed_in=False)
    tab.ask.click()
    assert "Nobody" in tab.state.html
    tab.signed_in.value = True
    assert "think of a number" in tab.state.html
    assert "whatever stands between" in tab.list.html


def test_a_call_and_a_chat_show_what_they_leave() -> None:
    """Nothing is shown before something is chosen; then the three or two who learn of it."""
    tab = Talking(BOARD)
    assert tab.answer.html == ""
    tab.way.value = "call"
    assert "the words" in tab.answer.html.split("The other phone")[0]
    tab.way.value = "chat"
    assert "the words," not in tab.answer.html.split("The company")[0]


def test_each_control_has_words_and_each_change_is_said() -> None:
    """Screen readers hear a label for every field and are told what changed; nobody can type anything."""
    browse, talk = Browsing(BOARD), Talking(BOARD)
    controls = [browse.protocol, browse.route, browse.signed_in, browse.ask, talk.way]

    assert all(control.description for control in controls)
    assert browse.state.live
    assert talk.answer.live
    assert not [control for control in controls if isinstance(control, ipywidgets.Text | ipywidgets.Textarea)]


def test_the_page_says_that_it_is_private_and_names_the_law() -> None:
    """The first lines promise that nothing is kept; the last ones name the law before any tool is tried."""
    end = fill("who_sees_what/end.html", links={"plain": "/"})

    assert "nothing is kept" in fill("who_sees_what/intro.html")
    assert "Check the law and your own risk first" in end
