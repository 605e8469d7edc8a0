"""Details that only their owner reads, and keys that outlive no erasing."""

from __future__ import annotations

import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from academy.config import Config
from academy.errors import BadInput, Conflict, Unavailable
from academy.people import identity, vault
from academy.people.identity import Details
from academy.people.identity_pages import ROUTES
from academy.people.model import Role
from academy.rights import Actor
from academy.routing import Page, Redirect, Response, Route
from academy.store import schema
from academy.store.database import Store
from tests.conftest import NOW, Cast, enrol, make_cast
from tests.pages import rendered

NAME = "Planted-Name-9c41"
CONTACT = "planted-contact-77ab at the tea stall"
PLANTED = Details(name=NAME, contact=CONTACT)
SHOW, CHANGE = ROUTES
Call = Callable[..., Response]


def keep(store: Store, config: Config, actor: Actor, details: Details = PLANTED) -> None:
    """Keep somebody's details."""
    with store.write() as db:
        identity.keep(db, config=config, actor=actor, now=NOW, details=details)


def erase(store: Store, config: Config, actor: Actor) -> None:
    """Erase somebody's details."""
    with store.write() as db:
        identity.erase(db, config=config, actor=actor, now=NOW)


def find(store: Store, config: Config, actor: Actor) -> Details:
    """Read somebody's details."""
    with store.read() as db:
        return identity.find(db, config=config, person=str(actor.person))


def key_file(config: Config, actor: Actor) -> Path:
    """Return where somebody's key stands."""
    return config.home / "keys" / str(actor.person)


def everything(store: Store) -> str:
    """Return every row of every table as text."""
    with store.read() as db:
        return "".join(repr(db.execute(table.select()).all()) for table in schema.metadata.sorted_tables)


def actions_of(store: Store) -> list[str]:
    """Return what the audit says was done, oldest first."""
    with store.read() as db:
        return list(db.execute(select(schema.audit.c.action).order_by(schema.audit.c.id)).scalars())


def test_details_come_back_as_they_were_written(any_store: Store, config: Config) -> None:
    """In any script, on both databases, and changed as often as she likes."""
    salma = make_cast(any_store).salma
    assert find(any_store, config, salma) == Details()
    for details in (PLANTED, Details(name="سلمى ادريس"), Details(contact="first line\nসালমা")):
        keep(any_store, config, salma, details)
        assert find(any_store, config, salma) == details


def test_a_stolen_database_without_the_key_files_names_nobody(store: Store, cast: Cast, config: Config) -> None:
    """Neither the file's bytes nor its rows hold a word of it, and the rows cannot be opened without the keys."""
    keep(store, config, cast.salma)
    for file in config.home.glob("store.db*"):
        assert not [word for word in (b"Planted", b"planted", b"tea stall") if word in file.read_bytes()]
    assert "lanted" not in everything(store)
    shutil.rmtree(config.home / "keys")
    with pytest.raises(Conflict):
        find(store, config, cast.salma)


def test_the_key_files_alone_name_nobody(store: Store, cast: Cast, config: Config) -> None:
    """A key is wrapped: without the installation's secret it opens nothing, and it holds no detail."""
    keep(store, config, cast.salma)
    assert b"lanted" not in key_file(config, cast.salma).read_bytes()
    (config.home / "secrets" / "identity").write_text("0" * 64, encoding="ascii")
    with pytest.raises(Conflict, match="missing or damaged"):
        find(store, config, cast.salma)


def test_a_destroyed_key_makes_an_old_copy_of_the_database_unreadable(
    store: Store, cast: Cast, config: Config, tmp_path: Path
) -> None:
    """Erasing reaches the backups that nobody can reach; another person's details in them stay readable."""
    bela = enrol(store, "bela", Role.PARTICIPANT, "river")
    keep(store, config, cast.salma)
    keep(store, config, bela, Details(name="Bela"))
    store.tidy()
    shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    copy = Store(f"sqlite:///{tmp_path / 'copy.db'}")
    assert find(copy, config, cast.salma) == PLANTED
    erase(store, config, cast.salma)
    with pytest.raises(Conflict):
        find(copy, config, cast.salma)
    assert find(copy, config, bela) == Details(name="Bela")
    keep(store, config, cast.salma)  # a fresh key does not open the old copy either
    with pytest.raises(Conflict):
        find(copy, config, cast.salma)
    copy.close()


def test_erasing_takes_the_row_and_the_key(any_store: Store, config: Config) -> None:
    """And says so once in the audit, without a word of what it was."""
    salma = make_cast(any_store).salma
    keep(any_store, config, salma)
    erase(any_store, config, salma)
    erase(any_store, config, salma)
    assert list((config.home / "keys").iterdir()) == []
    assert find(any_store, config, salma) == Details()
    assert actions_of(any_store)[-2:] == ["keep-details", "erase-details"]


def test_keeping_nothing_is_erasing(store: Store, cast: Cast, config: Config) -> None:
    """Two empty fields leave no row and no key."""
    keep(store, config, cast.salma)
    keep(store, config, cast.salma, Details())
    assert not key_file(config, cast.salma).exists()
    with store.read() as db:
        assert not identity.exists(db, str(cast.salma.person))


def test_somebody_elses_ciphertext_cannot_be_put_under_another_person(any_store: Store, config: Config) -> None:
    """Neither her row alone nor her row with her key file opens under another id."""
    salma = make_cast(any_store).salma
    bela = enrol(any_store, "bela", Role.PARTICIPANT, "river")
    keep(any_store, config, salma)
    keep(any_store, config, bela, Details(name="Bela"))
    table = schema.identity
    with any_store.write() as db:
        stolen = db.execute(select(table.c.details).where(table.c.person == salma.person)).scalar_one()
        db.execute(update(table).where(table.c.person == bela.person).values(details=stolen))
    with pytest.raises(Conflict):
        find(any_store, config, bela)
    shutil.copy(key_file(config, salma), key_file(config, bela))
    with pytest.raises(Conflict):
        find(any_store, config, bela)


def test_a_key_that_is_there_is_never_replaced(config: Config) -> None:
    """Making it again gives the same one; a damaged one stays as it is, and is said."""
    file = config.home / "keys" / "a1"
    assert vault.make_key(config, "a1") == vault.make_key(config, "a1")
    file.write_bytes(b"damaged")
    with pytest.raises(Conflict):
        vault.make_key(config, "a1")
    assert file.read_bytes() == b"damaged"


def test_even_the_same_key_opens_nothing_under_another_id(config: Config) -> None:
    """The ciphertext itself is bound to the person."""
    key = vault.make_key(config, "a1")
    sealed = vault.seal(key, "a1", NAME)
    assert vault.unseal(key, "a1", sealed).rstrip() == NAME
    with pytest.raises(Conflict):
        vault.unseal(key, "b2", sealed)


def test_keys_are_readable_by_the_academy_only(store: Store, cast: Cast, config: Config) -> None:
    """The file 0600, its folder 0700, and nothing half-written beside it."""
    keep(store, config, cast.salma)
    file = key_file(config, cast.salma)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_a_key_that_was_destroyed_is_overwritten_before_it_is_removed(
    store: Store, cast: Cast, config: Config, tmp_path: Path
) -> None:
    """Whoever still holds the file open, or a second name of it, finds other bytes."""
    keep(store, config, cast.salma)
    file = key_file(config, cast.salma)
    before, second = file.read_bytes(), tmp_path / "second-name"
    second.hardlink_to(file)
    erase(store, config, cast.salma)
    assert second.read_bytes() != before
    assert not file.exists()


@pytest.mark.parametrize("damage", [b"", b"short", b"\x00" * 60, b"\xff" * 4096, None])
def test_a_damaged_key_gives_one_sentence_and_is_never_written_over(
    store: Store, cast: Cast, config: Config, damage: bytes | None
) -> None:
    """The loss is said on reading and on writing; erasing and writing anew goes on."""
    keep(store, config, cast.salma)
    file = key_file(config, cast.salma)
    file.unlink() if damage is None else file.write_bytes(damage)
    for attempt in (lambda: find(store, config, cast.salma), lambda: keep(store, config, cast.salma)):
        with pytest.raises(Conflict, match="missing or damaged") as caught:
            attempt()
        assert caught.value.__cause__ is None
        assert not isinstance(caught.value.__context__, InvalidTag) or caught.value.__suppress_context__
    assert (None if not file.exists() else file.read_bytes()) == damage
    erase(store, config, cast.salma)
    keep(store, config, cast.salma)
    assert find(store, config, cast.salma) == PLANTED


@pytest.mark.parametrize("details", ["", "not base64!", "AAAA", "AAAA" * 40, "é"])
def test_damaged_details_give_one_sentence(store: Store, cast: Cast, config: Config, details: str) -> None:
    """Without a piece of them in it."""
    keep(store, config, cast.salma)
    with store.write() as db:
        db.execute(update(schema.identity).values(details=details))
    with pytest.raises(Conflict) as caught:
        find(store, config, cast.salma)
    assert not details or details not in caught.value.message


@pytest.mark.parametrize("text", ["", "abc", "g" * 64])
def test_a_secret_that_is_no_secret_is_never_used(config: Config, text: str) -> None:
    """An empty or broken secret file would be a lock that anybody opens."""
    file = config.home / "secrets" / "identity"
    file.parent.mkdir()
    file.write_text(text, encoding="ascii")
    with pytest.raises(Unavailable):
        vault.make_key(config, "a1")


def test_a_crash_before_the_commit_leaves_a_key_without_details(store: Store, cast: Cast, config: Config) -> None:
    """That is harmless: nothing is shown, and the next try works."""

    def breaks() -> None:
        with store.write() as db:
            identity.keep(db, config=config, actor=cast.salma, now=NOW, details=PLANTED)
            raise KeyError

    with pytest.raises(KeyError):
        breaks()
    assert key_file(config, cast.salma).exists()
    assert find(store, config, cast.salma) == Details()
    keep(store, config, cast.salma)
    assert find(store, config, cast.salma) == PLANTED


def test_a_crash_while_erasing_does_not_hide_that_the_key_is_gone(store: Store, cast: Cast, config: Config) -> None:
    """What is left says that it cannot be read; erasing again ends it."""
    keep(store, config, cast.salma)

    def breaks() -> None:
        with store.write() as db:
            identity.erase(db, config=config, actor=cast.salma, now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        breaks()
    with pytest.raises(Conflict):
        find(store, config, cast.salma)
    erase(store, config, cast.salma)
    assert find(store, config, cast.salma) == Details()


def test_what_a_crash_left_beside_a_key_is_neither_read_nor_kept(store: Store, cast: Cast, config: Config) -> None:
    """A half-written file is no key, and goes with the key."""
    keys = config.home / "keys"
    keys.mkdir(mode=0o700)
    (keys / f".{cast.salma.person}.unfinished").write_bytes(b"half")
    keep(store, config, cast.salma)
    assert find(store, config, cast.salma) == PLANTED
    (keys / f".{cast.salma.person}.unfinished").write_bytes(b"half")
    erase(store, config, cast.salma)
    assert list(keys.iterdir()) == []


def test_a_place_that_cannot_be_written_gives_one_sentence_and_no_row(store: Store, cast: Cast, config: Config) -> None:
    """Nothing is half-kept."""
    (config.home / "keys").write_text("a file where the folder should be", encoding="ascii")
    with pytest.raises(Unavailable, match="Nothing was changed"):
        keep(store, config, cast.salma)
    assert find(store, config, cast.salma) == Details()


def test_two_first_savings_at_once_leave_readable_details(any_store: Store, config: Config) -> None:
    """One key is made, whoever comes first."""
    salma = make_cast(any_store).salma
    together = threading.Barrier(4)
    problems: list[BaseException] = []

    def save(number: int) -> None:
        together.wait()
        try:
            keep(any_store, config, salma, Details(name=f"name {number}"))
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            problems.append(error)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert find(any_store, config, salma).name.startswith("name ")


@pytest.mark.parametrize("person", ["", "../store", "a/b", "A1", ".", "a" * 33, "a\n"])
def test_only_an_id_becomes_the_name_of_a_file(config: Config, person: str) -> None:
    """Nothing that could lead to another folder."""
    with pytest.raises(ValueError, match="no id"):
        vault.make_key(config, person)


@given(st.text(max_size=400), st.text(max_size=400))
def test_texts_of_all_lengths_look_alike(one: str, other: str) -> None:
    """A ciphertext tells at most in which block of 512 bytes the text ends."""
    key = b"k" * 32
    texts = [text.encode("utf-8", "replace").decode() for text in (one, other)]
    sealed = [vault.seal(key, "a1", text) for text in texts]
    blocks = [max(1, -(-len(text.encode()) // vault.BLOCK)) for text in texts]
    assert (len(sealed[0]) == len(sealed[1])) == (blocks[0] == blocks[1])
    assert [vault.unseal(key, "a1", s).rstrip(" ") for s in sealed] == [text.rstrip(" ") for text in texts]


def test_the_texts_stay_out_of_logs() -> None:
    """The record does not print them."""
    assert "lanted" not in repr(PLANTED)


def test_the_page_shows_only_ones_own(store: Store, cast: Cast, config: Config, call: Call) -> None:
    """Her facilitator, on the same page, sees her own empty form."""
    keep(store, config, cast.salma)
    own = rendered(call(SHOW, cast.salma), cast.salma)
    assert NAME in own
    assert CONTACT in own
    assert "Erase these details" in own
    for other in (cast.anika, cast.nura):
        page = rendered(call(SHOW, other), other)
        assert "lanted" not in page
        assert "Erase these details" not in page


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.method)
def test_the_outsider_is_refused(cast: Cast, route: Route) -> None:
    """An account without a place has no details page."""
    assert not cast.davit.may(route.right)


def test_the_form_keeps_changes_and_erases(store: Store, cast: Cast, config: Config, call: Call) -> None:
    """Each leads back to the page."""
    assert call(CHANGE, cast.salma, body={"name": NAME, "contact": "a\r\nb"}) == Redirect("/me/details")
    assert find(store, config, cast.salma) == Details(name=NAME, contact="a\nb")
    assert call(CHANGE, cast.salma, body={"erase": "yes"}) == Redirect("/me/details")
    assert find(store, config, cast.salma) == Details()
    assert call(CHANGE, cast.salma, body={}) == Redirect("/me/details")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x" * 121}, "name"),
        ({"contact": "x" * 401}, "contact"),
        ({"name": ["one", "two"]}, "name"),
        ({"name": "x", "person": "somebody"}, "person"),
        ({"erase": "yes", "name": "x"}, "name"),
        ({"erase": "perhaps"}, "erase"),
        ({"name": "bell\a"}, "name"),
        ({"name": "x", "contact": "bell\a"}, "contact"),
        ({"name": "x", "contact": "\ud800"}, "contact"),
    ],
)
def test_bad_input_is_refused_with_the_field_named_and_changes_nothing(
    store: Store, cast: Cast, config: Config, call: Call, *, body: dict[str, object], field: str
) -> None:
    """What was kept before is still there."""
    keep(store, config, cast.salma)
    page = call(CHANGE, cast.salma, body=body)
    assert isinstance(page, Page)
    assert page.status == 400
    problem = page.context["problem"]
    assert isinstance(problem, BadInput)
    assert problem.field == field
    assert find(store, config, cast.salma) == PLANTED


def test_what_was_typed_stays_in_the_form(cast: Cast, call: Call) -> None:
    """An over-long text is not lost."""
    page = call(CHANGE, cast.salma, body={"name": "x" * 121, "contact": "kept <b>words</b>"})
    shown = rendered(page, cast.salma)
    assert "x" * 121 in shown
    assert "kept &lt;b&gt;words&lt;/b&gt;" in shown


def test_the_page_of_unreadable_details_says_so_and_offers_to_erase_them(
    store: Store, cast: Cast, config: Config, call: Call
) -> None:
    """One sentence, no form that would write over them, no ciphertext."""
    keep(store, config, cast.salma)
    key_file(config, cast.salma).unlink()
    page = call(SHOW, cast.salma)
    shown = rendered(page, cast.salma)
    assert isinstance(page, Page)
    assert page.status == 409
    assert "missing or damaged" in shown
    assert "Keep these details" not in shown
    assert "Erase these details" in shown
    with store.read() as db:
        assert db.execute(select(schema.identity.c.details)).scalar_one() not in shown


def test_the_audit_holds_no_word_of_the_details(store: Store, cast: Cast, config: Config) -> None:
    """Who and when, and what kind of change."""
    keep(store, config, cast.salma)
    with store.read() as db:
        assert "lanted" not in repr(db.execute(schema.audit.select()).all())
