"""Encrypting what only one person may read, with a key of her own that is a file beside the database, not in it.

AES-256-GCM of the library ``cryptography``: it binds a ciphertext to the person by associated data, and says nothing
about when it was made (Fernet can do neither). Each key is wrapped by the installation's secret ``identity``. Whoever
destroys the key file makes the details unreadable in every copy of the database at once.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from academy.config import Config, secret
from academy.errors import Conflict, Unavailable
from academy.languages.phrases import phrase

__all__ = ["destroy_key", "find_key", "installation_secret", "make_key", "seal", "unseal"]

WRAPPING = "identity"
KEY_BYTES = 32
NONCE_BYTES = 12
BLOCK = 512
"""Texts are filled up to a multiple of this many bytes, so that a ciphertext does not tell the length of a name."""
PERSON = re.compile(r"[a-z0-9]{1,32}")
SECRET = re.compile(r"[0-9a-f]{64}")


def installation_secret(config: Config, name: str) -> bytes:
    """Return the 32 bytes of a secret of this installation. Raises ``Unavailable`` for one that is no secret."""
    try:
        text = secret(config, name)
    except (OSError, UnicodeDecodeError):
        text = ""
    if not SECRET.fullmatch(text):
        message = phrase("A secret of the academy cannot be read: tell those who run it. Nothing was changed.")
        raise Unavailable(message)
    return bytes.fromhex(text)


def find_key(config: Config, person: str) -> bytes:
    """Return the person's key. Raises ``Conflict`` where it is missing or damaged."""
    wrapping = installation_secret(config, WRAPPING)
    try:
        key = _open(wrapping, _file(config, person).read_bytes(), _label("key", person))
    except (OSError, InvalidTag, ValueError):
        raise _unreadable() from None
    if len(key) != KEY_BYTES:
        raise _unreadable()
    return key


def make_key(config: Config, person: str) -> bytes:
    """Return the person's key, made where there is none. It is safe on disk before this returns.

    A key that is there and damaged is never replaced: that would hide that something was lost. Raises ``Conflict``
    for such a one, ``Unavailable`` where nothing can be written.
    """
    file = _file(config, person)
    if not file.exists():
        wrapped = _close(installation_secret(config, WRAPPING), os.urandom(KEY_BYTES), _label("key", person))
        try:
            _write(file, wrapped)
        except OSError:
            message = phrase(
                "Your details cannot be kept just now, because no key can be written. Nothing was changed."
            )
            raise Unavailable(message) from None
    return find_key(config, person)


def destroy_key(config: Config, person: str) -> bool:
    """Destroy the person's key for good; tell whether there was one. Raises ``Unavailable`` where it cannot be."""
    file = _file(config, person)
    try:
        destroyed = [_destroy(path) for path in (file, _unfinished(file))]
        if any(destroyed):
            _sync_folder(file.parent)
    except OSError:
        message = phrase("The key of your details cannot be destroyed just now: tell those who run the academy.")
        raise Unavailable(message) from None
    return destroyed[0]


def seal(key: bytes, person: str, text: str) -> str:
    """Encrypt a text for one person; under another person's id it cannot be opened."""
    plain = text.encode()
    filled = plain.ljust(max(1, -(-len(plain) // BLOCK)) * BLOCK)
    return base64.b64encode(_close(key, filled, _label("details", person))).decode("ascii")


def unseal(key: bytes, person: str, sealed: str) -> str:
    """Return the text, with spaces at its end. Raises ``Conflict`` for anything that was not sealed for this person."""
    try:
        return _open(key, base64.b64decode(sealed, validate=True), _label("details", person)).decode()
    except (InvalidTag, ValueError):
        raise _unreadable() from None


def _unreadable() -> Conflict:
    message = phrase(
        "Your details cannot be read, because their key is missing or damaged: "
        "ask those who run the academy whether they can bring it back, or erase the details and write them again."
    )
    return Conflict(message, code="details-unreadable")


def _label(kind: str, person: str) -> bytes:
    return f"academy {kind} 1 {person}".encode()


def _close(key: bytes, plain: bytes, label: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, label)


def _open(key: bytes, closed: bytes, label: bytes) -> bytes:
    return AESGCM(key).decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], label)


def _file(config: Config, person: str) -> Path:
    if not PERSON.fullmatch(person):
        message = "This is no id of a person."
        raise ValueError(message)
    return config.home / "keys" / person


def _unfinished(file: Path) -> Path:
    return file.with_name(f".{file.name}.unfinished")


def _write(file: Path, content: bytes) -> None:
    """Put a file in its place as a whole, readable by its owner only, and wait until the disk has it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = _unfinished(file)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
    _sync_folder(file.parent)


def _destroy(file: Path) -> bool:
    """Overwrite, then remove: where a disk writes in place, the old bytes do not outlive the file."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(os.urandom(os.fstat(stream.fileno()).st_size))
        stream.flush()
        os.fsync(stream.fileno())
    file.unlink()
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
