"""What a start tells the person at the terminal: where to go and how to sign in."""

from api.auth.accounts import ensure_admin
from api.command.output import note
from api.wiring import Service


def welcome(service: Service) -> None:
    """Make the first admin where there is none; say the address and, once, the password."""
    given = service.settings.admin_password
    password = ensure_admin(
        service.records,
        given.get_secret_value() if given else None,
        service.clock,
        service.ids,
    )
    note(f"声誉 Shengyu  {service.settings.base_url}")
    if service.workspace.is_sample:
        note("示例工作区：内容均为虚构；登录后可一键清除。")
    if password:
        note(f"首次登录  用户名 admin  一次性密码 {password}")
