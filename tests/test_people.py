"""Places, invitations and one-time codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, Closed, Conflict
from academy.people import actions, queries
from academy.people.model import Role
from academy.people.rules import check_slug, check_username, groups_of, hash_code, new_code, normalise_code
from academy.rights import Right
from academy.store import schema
from academy.store.database import Store
from tests.conftest import COHORT, NOW, Cast, make_cast

CODES = st.text("abcdefghjkmnpqrstuvwxyz23456789", min_size=16, max_size=16)


def invite(store: Store, *, role: Role = Role.PARTICIPANT, cohort: str | None = "river", seats: int = 1) -> str:
    """Return the code of a fresh invitation."""
    with store.write() as db:
        return actions.create_invitation(db, actor="anika", now=NOW, role=role, cohort=cohort, seats=seats, days=30)


def test_the_cast_has_its_places_on_both_databases(any_store: Store) -> None:
    """What an invitation stands for is what a person gets."""
    cast = make_cast(any_store)
    assert cast.salma.may(Right.TAKE, "river")
    assert not cast.salma.may(Right.FACILITATE, "river")
    assert cast.anika.may(Right.FACILITATE, "river")
    assert not cast.anika.may(Right.TAKE, "river")
    assert cast.nura.may(Right.COORDINATE)
    assert cast.nura.may(Right.REPORT, "river")
    assert not cast.nura.may(Right.FACILITATE, "river")
    with any_store.read() as db:
        assert queries.groups(db, "salma") == ["participants", "river"]
        assert queries.groups(db, "anika") == ["facilitators", "river-facilitators"]
        assert queries.groups(db, "davit") == []


@pytest.mark.parametrize("right", [right for right in Right if right is not Right.PUBLIC])
def test_the_outsider_may_nothing(cast: Cast, right: Right) -> None:
    """An account without a place opens no door, whatever scopes its token carries."""
    assert not cast.davit.may(right, "river")


def test_a_place_alone_opens_no_door_without_the_scope(store: Store, cast: Cast) -> None:
    """A right needs the Hub's scope and the store's place, both."""
    with store.read() as db:
        bare = queries.actor(db, username="anika", scopes=frozenset())
    assert not bare.may(Right.FACILITATE, "river")


def test_an_unknown_invitation_is_refused_and_leaves_nothing(store: Store, cast: Cast) -> None:
    """A wrong code gets one sentence; no person is made."""
    with pytest.raises(BadInput, match="not known"), store.write() as db:
        actions.enrol(db, now=NOW, username="bela", code="abcd-efgh-jkmn-pqrs")
    with store.read() as db:
        assert queries.person_by_username(db, "bela") is None


def test_an_expired_invitation_is_refused(store: Store, cast: Cast) -> None:
    """After its days an invitation opens nothing."""
    code = invite(store)
    with pytest.raises(Closed, match="expired"), store.write() as db:
        actions.enrol(db, now=NOW + timedelta(days=30), username="bela", code=code)


def test_an_invitation_lets_in_as_many_as_it_has_seats(store: Store, cast: Cast) -> None:
    """The third person of an invitation for two is refused."""
    code = invite(store, seats=2)
    with store.write() as db:
        for name in ("bela", "rasha"):
            actions.enrol(db, now=NOW, username=name, code=code)
    with pytest.raises(Closed, match="taken"), store.write() as db:
        actions.enrol(db, now=NOW, username="third", code=code)


def test_repeating_an_enrolment_changes_nothing(store: Store, cast: Cast) -> None:
    """A sign-up that broke half-way is sent again: one person, one place, one seat."""
    code = invite(store)
    for _ in range(3):
        with store.write() as db:
            actions.enrol(db, now=NOW, username="bela", code=code)
    with store.read() as db:
        (used,) = [i.used for i in queries.invitations(db, "river") if i.seats == 1 and i.role is Role.PARTICIPANT][:1]
        assert used == 1
        assert [m.username for m in queries.participants(db, "river")] == ["bela", "salma"]


def test_the_code_itself_is_not_kept(store: Store, cast: Cast) -> None:
    """A stolen database holds no usable invitation."""
    code = invite(store)
    with store.read() as db:
        kept = db.execute(schema.invitation.select()).all()
    assert code not in repr(kept)
    assert normalise_code(code) not in repr(kept)


def test_a_second_cohort_with_the_same_short_name_is_refused(store: Store, cast: Cast) -> None:
    """Short names stay unique, since folders and addresses are named by them."""
    with pytest.raises(Conflict, match="river"), store.write() as db:
        actions.create_cohort(db, actor=cast.nura, now=NOW, cohort=COHORT)


@given(CODES, st.sampled_from([" ", "-", "  - "]))
def test_codes_are_read_as_people_type_them(code: str, gap: str) -> None:
    """Case, spaces and dashes do not matter."""
    typed = gap.join(code[i : i + 4] for i in range(0, 16, 4)).upper()
    assert hash_code(typed) == hash_code(code)


def test_digits_of_any_script_are_the_same_digit() -> None:
    """A code typed with Bengali digits is the same code."""
    assert normalise_code("ab-২৩") == normalise_code("ab23")


def test_new_codes_do_not_repeat() -> None:
    """A code is random."""
    assert len({new_code() for _ in range(500)}) == 500


@pytest.mark.parametrize("name", ["ab", "Salma", "salma idrin", "-salma", "salma@x", "s" * 32, "سلمى", "../etc", "a+b"])
def test_user_names_that_would_break_folders_or_name_people_are_refused(name: str) -> None:
    """A user name is a plain word: it becomes a folder in the exchange."""
    with pytest.raises(BadInput, match="user name"):
        check_username(name)


@given(st.lists(st.tuples(st.sampled_from([Role.PARTICIPANT, Role.FACILITATOR]), st.sampled_from(["a", "b"]))))
def test_groups_do_not_depend_on_the_order_of_places(places: list[tuple[Role, str]]) -> None:
    """The Hub sees the same groups however the store lists them."""
    assert groups_of(places) == groups_of(reversed(places))


@pytest.mark.parametrize("slug", ["participants", "facilitators", "coordinators", "river-facilitators"])
def test_a_cohort_is_not_named_like_a_group_that_gives_rights(slug: str) -> None:
    """Its participants would be in that group."""
    with pytest.raises(BadInput, match="uses the short name"):
        check_slug(slug)
    assert check_slug(f"{slug}-2") == f"{slug}-2"


def reset_code(store: Store, cast: Cast) -> str:
    """Return a one-time code for Salma."""
    with store.write() as db:
        person = str(cast.salma.person)
        return actions.issue_reset_code(db, actor=cast.anika, now=NOW, person=person, username="salma", hours=24)


@pytest.fixture
def use(store: Store) -> Callable[..., str | None]:
    """Use a code and return the problem's code."""

    def user(code: str, *, username: str = "salma", hours: int = 0) -> str | None:
        with store.write() as db:
            problem = actions.use_reset_code(db, now=NOW + timedelta(hours=hours), username=username, code=code)
        return problem.code if problem else None

    return user


def test_a_one_time_code_works_once(store: Store, cast: Cast, use: Callable[..., str | None]) -> None:
    """The second use finds no open code."""
    code = reset_code(store, cast)
    assert use(code) is None
    assert use(code) == "no-reset-code"


def test_a_one_time_code_works_for_its_person_only(store: Store, cast: Cast, use: Callable[..., str | None]) -> None:
    """Somebody else's user name with the code opens nothing."""
    code = reset_code(store, cast)
    assert use(code, username="anika") == "no-reset-code"


def test_a_one_time_code_expires(store: Store, cast: Cast, use: Callable[..., str | None]) -> None:
    """After its hours the code opens nothing."""
    assert use(reset_code(store, cast), hours=24) == "reset-expired"


def test_wrong_tries_are_counted_and_end_the_code(store: Store, cast: Cast, use: Callable[..., str | None]) -> None:
    """Five wrong tries, and even the right code is refused."""
    code = reset_code(store, cast)
    assert {use("abcd-efgh-jkmn-pqrs") for _ in range(5)} == {"wrong-reset-code"}
    assert use(code) == "no-reset-code"


def test_a_new_code_ends_the_earlier_one(store: Store, cast: Cast, use: Callable[..., str | None]) -> None:
    """Only the newest code counts."""
    first, second = reset_code(store, cast), reset_code(store, cast)
    assert use(first) == "wrong-reset-code"
    assert use(second) is None
