"""Opaque ids and secrets, from a source of randomness that is passed in."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True)
class Ids:
    """Makes ids. *random_bytes* gives n random bytes; the default is the system's."""

    random_bytes: RandomBytes = secrets.token_bytes

    def new(self, prefix: str) -> str:
        """Return an id such as ``case_h3k…``: 80 random bits in lower-case base32."""
        return f"{prefix}_{base64.b32encode(self.random_bytes(10)).decode().lower()}"

    def secret(self) -> str:
        """Return 256 random bits, URL-safe: for tokens, session keys and one-time links."""
        return base64.urlsafe_b64encode(self.random_bytes(32)).decode().rstrip("=")


def secret_hash(secret: str) -> str:
    """Return the SHA-256 hex digest under which a high-entropy secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
