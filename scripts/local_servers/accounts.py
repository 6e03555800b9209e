"""Which user the servers run as: Elasticsearch and PostgreSQL refuse root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Final

from .errors import Unavailable

USER: Final = "shengyu-servers"


def server_user() -> str | None:
    """Return the system user that runs the servers, made when missing; None: the caller does."""
    if os.geteuid() != 0:
        return None
    if not _exists():
        if shutil.which("useradd") is None:
            raise Unavailable(
                f"The servers refuse root and there is no useradd: add a user {USER!r} "
                "or run as another user than root."
            )
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER],
            capture_output=True,
            text=True,
            check=False,
        )
        # Another run may have been quicker.
        if not _exists():
            raise Unavailable(f"The user {USER!r} could not be made: {made.stderr.strip()}")
    return USER


def remove_server_user() -> None:
    """Remove the user again; it stays while a process of it runs."""
    if os.geteuid() == 0 and _exists():
        subprocess.run(["userdel", USER], capture_output=True, check=False)


def give(path: Path) -> None:
    """Hand *path*, and what lies below it, to the servers' user."""
    user = server_user()
    if user is not None:
        group = pwd.getpwnam(user).pw_gid
        for each in (path, *path.rglob("*")):
            shutil.chown(each, user, group)


def require_entry(folder: Path) -> None:
    """Raise Unavailable when the servers' user cannot reach *folder*, as below /root."""
    user = server_user()
    if user is None:
        return
    reached = subprocess.run(
        ["/bin/sh", "-c", 'cd "$0"', folder],
        user=user,
        group=user,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    if reached.returncode != 0:
        raise Unavailable(
            f"The servers run as {user!r}, which cannot enter {folder}: choose a folder that "
            "every user can reach (TMPDIR, --state, SHENGYU_SERVER_CACHE)."
        )


def _exists() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True
