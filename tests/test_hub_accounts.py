"""Passphrases, lock-out and forms of the Hub, without a Hub."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import onetimepass  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academy.errors import AcademyError, BadInput
from academy.hub.authenticator import MOST_REMEMBERED, InvitedAuthenticator, common_passphrases
from academy.hub.forms import read_form
from academy.hub.passphrase import LONGEST, check_passphrase, hash_passphrase, is_right
from academy.hub.second_factor import is_code_of
from academy.people.rules import USERNAME

WORDS = "seven quiet herons wade"


def check(passphrase: str, again: str | None = None) -> None:
    """Check a passphrase as sign-up does."""
    twice = passphrase if again is None else again
    check_passphrase(passphrase, twice, shortest=12, common=common_passphrases(), username="salma")


@pytest.mark.parametrize(
    "passphrase", ["qwertyqwerty", "QWERTYqwerty", "qwerty qwerty", "aaaaaaaaaaaa", "abababababababab"]
)
def test_what_many_use_is_refused(passphrase: str) -> None:
    """In capitals, with spaces, or as one sign many times."""
    with pytest.raises(BadInput, match="easy to guess"):
        check(passphrase)


@pytest.mark.parametrize("passphrase", [WORDS, "ሰባት ጸጥ ያሉ ሽመላዎች", "سبعة بلشونات هادئة", "correct-horse-7"])
def test_a_good_passphrase_in_any_script_is_taken(passphrase: str) -> None:
    """Length is counted in characters."""
    check(passphrase)


@given(st.text(max_size=LONGEST + 50))
def test_a_refusal_never_repeats_the_passphrase(passphrase: str) -> None:
    """What was typed is in no message, so it reaches no log and no page."""
    with pytest.raises(BadInput) as refused:
        check(passphrase, passphrase + "x")
    assert len(passphrase) < 4 or passphrase not in refused.value.message


@settings(max_examples=5, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_only_the_same_passphrase_opens(passphrase: str) -> None:
    """Every sign counts, to the last one."""
    kept = hash_passphrase(passphrase)
    assert is_right(passphrase, kept)
    assert not is_right(passphrase + "x", kept)


def test_a_letter_sent_in_two_ways_is_the_same_letter() -> None:
    """Keyboards differ in how they send an accent."""
    assert is_right("re\u0301sume\u0301 water", hash_passphrase("r\u00e9sum\u00e9 water"))


def test_without_an_account_nothing_is_right() -> None:
    """Not even the text that stands in for one."""
    assert not is_right("nobody", None)


@given(st.text(max_size=40))
def test_user_names_are_safe_in_addresses_and_folders(name: str) -> None:
    """Small letters, digits and dashes; 3 to 31 of them; no dash in front."""
    if USERNAME.fullmatch(name):
        assert 3 <= len(name) <= 31
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert not name.startswith("-")


@pytest.fixture
def authenticator() -> InvitedAuthenticator:
    """Make an authenticator without a database."""
    made = InvitedAuthenticator(add_new_table=False)
    made.allowed_failed_logins, made.seconds_before_next_try = 5, 600
    return made


def test_five_tries_lock_out_for_ten_minutes_and_then_count_anew(authenticator: InvitedAuthenticator) -> None:
    """The wait is real time, also over midnight; after it five more tries are free."""
    for _ in range(5):
        assert not authenticator.is_blocked("salma")
        authenticator.add_login_attempt("salma")
    assert authenticator.is_blocked("salma")
    tries = authenticator.login_attempts["salma"]
    tries["time"] = datetime.now() - timedelta(seconds=590)  # noqa: DTZ005 - NativeAuthenticator keeps it so
    assert authenticator.is_blocked("salma")
    tries["time"] = datetime.now() - timedelta(days=1, seconds=5)  # noqa: DTZ005
    assert not authenticator.is_blocked("salma")
    authenticator.add_login_attempt("salma")
    assert not authenticator.is_blocked("salma")


def test_guessing_names_does_not_fill_the_memory(authenticator: InvitedAuthenticator) -> None:
    """Only so many names are remembered, the newest ones."""
    for number in range(MOST_REMEMBERED + 10):
        authenticator.add_login_attempt(f"name-{number}")
    assert len(authenticator.login_attempts) == MOST_REMEMBERED
    assert f"name-{MOST_REMEMBERED + 9}" in authenticator.login_attempts


@pytest.mark.parametrize("code", ["", "abc", "12345", "1234567", "²³⁴⁵⁶⁷", "000 000 000"])
def test_what_is_no_code_of_the_app_is_wrong(code: str) -> None:
    """Nothing typed can break the check."""
    assert not is_code_of("GEZDGNBVGY3TQOJQ", code)


def test_the_code_of_the_app_may_be_typed_in_digits_of_any_script() -> None:
    """Phones type the digits of their keyboard; a space in the middle does not matter."""
    code = str(onetimepass.get_totp("GEZDGNBVGY3TQOJQ")).zfill(6)
    bengali = "".join(chr(0x09E6 + int(digit)) for digit in code)
    assert is_code_of("GEZDGNBVGY3TQOJQ", code)
    assert is_code_of("GEZDGNBVGY3TQOJQ", f"{bengali[:3]} {bengali[3:]}")


def form(**fields: list[str]) -> Any:
    """Return something that holds a posted form."""
    arguments = {name: [value.encode() for value in values] for name, values in fields.items()}

    def get(name: str, default: str, *, strip: bool) -> str:
        del strip
        return fields[name][-1] if name in fields else default

    return SimpleNamespace(request=SimpleNamespace(body_arguments=arguments), get_body_argument=get)


def test_a_form_gives_every_field_it_was_asked_for() -> None:
    """A missing one is empty; the token of the form is no field."""
    assert read_form(form(a=["1"], _xsrf=["t"]), "a", "b") == {"a": "1", "b": ""}


@pytest.mark.parametrize("fields", [{"a": ["1"], "z": ["1"]}, {"a": ["1", "2"]}, {"a": ["x" * 1001]}, {"a": ["\0"]}])
def test_a_form_with_anything_else_is_refused(fields: dict[str, list[str]]) -> None:
    """Unknown, repeated, too long and unreadable fields."""
    with pytest.raises(AcademyError):
        read_form(form(**fields), "a")
