"""Passwords: argon2id with the library's current parameters."""

import secrets
from base64 import b64encode
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION

from core.errors import InvalidInput
from core.settings import LONGEST_PASSWORD, SHORTEST_PASSWORD

MIN_LENGTH: Final = SHORTEST_PASSWORD
MAX_LENGTH: Final = LONGEST_PASSWORD
# No letters or digits that look alike: the one-time password is typed from a terminal.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()
# Each hash takes 64 MiB: anybody may post to /login, forty at a time would take 2.5 GiB.
_places = BoundedSemaphore(4)


def _decoy(hasher: PasswordHasher) -> str:
    """Return a hash that no password has, without working one out: every start would wait."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, found = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${found}"


# Verified when the user name is unknown, so that both answers take the same time.
_DECOY: Final = _decoy(_hasher)


def hash_password(password: str) -> str:
    """Return the hash to store. Raises ``InvalidInput`` for one that is too short or long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInput(f"密码需要 {MIN_LENGTH} 到 {MAX_LENGTH} 个字符。", field="password")
    with _places:
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Check *password*; *stored* None means no such user and takes as long as a wrong password."""
    if len(password) > MAX_LENGTH:
        return False
    try:
        with _places:
            return _hasher.verify(stored or _DECOY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def one_time_password() -> str:
    """Return a password of some 59 bits that reads well from a terminal."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)
