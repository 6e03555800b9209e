"""What may stand in an account: names that can be told apart, a role, an address that gets mail."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.policy import check_recipients
from api.permissions import Role
from core.errors import InvalidInput
from core.folding import fold
from storage.records.accounts import User

LONGEST_NAME: Final = 64
_SHORTEST_USERNAME: Final = 2


@dataclass(frozen=True)
class Person:
    """What is said of a person besides the user name. *email* is empty where there is none."""

    display_name: str
    role: str
    email: str = ""

    def checked(self) -> "Person":
        """Return it trimmed. Raises ``InvalidInput`` that names the field."""
        name = " ".join(self.display_name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise InvalidInput(
                f"请填写姓名，最多 {LONGEST_NAME} 个看得见的字符。", field="display_name"
            )
        if self.role not in set(Role):
            raise InvalidInput(f"请选择角色：{', '.join(Role)}。", field="role")
        return Person(name, self.role, _address(self.email))


def checked_username(username: str) -> str:
    """Return the user name trimmed. Raises ``InvalidInput`` for one that cannot be typed again."""
    name = username.strip()
    fits = _SHORTEST_USERNAME <= len(name) <= LONGEST_NAME and name.isprintable()
    if not fits or any(sign.isspace() for sign in name):
        raise InvalidInput(
            f"用户名要有 {_SHORTEST_USERNAME} 到 {LONGEST_NAME} 个字符，不能有空格，例如 linlan。",
            field="username",
        )
    return name


def demand_free_names(
    session: Session, username: str, display_name: str, own_id: str | None = None
) -> None:
    """Raise ``InvalidInput`` when another account has one of the names, however it is written.

    The audit trail and reviews show the display name alone, so it must mean one person.
    """
    for other in session.scalars(select(User).where(User.id != (own_id or ""))):
        if fold(other.username) == fold(username):
            raise InvalidInput(f"用户名“{other.username}”已有人用，请换一个。", field="username")
        if fold(other.display_name) == fold(display_name):
            raise InvalidInput(
                f"已有人叫“{other.display_name}”，请加上部门，例如 {display_name}（法务）。",
                field="display_name",
            )


def _address(email: str) -> str:
    if not email.strip():
        return ""
    try:
        return check_recipients([email])[0]
    except InvalidInput as error:
        raise InvalidInput(str(error), field="email") from error
