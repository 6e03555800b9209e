"""Who is asking, whichever way they came in."""

from dataclasses import dataclass

from api.permissions import Permission, Role, may


@dataclass(frozen=True)
class SignedIn:
    """A person with a session, or a program with a token (then *csrf_token* is None)."""

    id: str | None
    name: str
    role: Role
    csrf_token: str | None
    must_change_password: bool = False

    def may(self, permission: Permission | str) -> bool:
        """Say whether this one is allowed *permission* (a ``Permission`` or its value)."""
        return may(self.role, Permission(permission))
