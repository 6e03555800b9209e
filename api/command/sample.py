"""``shengyu sample clear``."""

import time
from pathlib import Path

from api.command.environment import command_settings
from api.command.output import note
from api.command.serve import web_lock
from api.sample import clear_requested, clear_sample, request_clear
from api.worker import worker_lock
from core.errors import Busy
from core.locks import FileLock
from core.workspace import current_workspace, prepare_data_dir

_WAIT_S = 15.0


def clear(env_file: Path | None) -> int:
    """Remove the sample, with the help of the supervisor when one runs."""
    settings = command_settings(env_file)
    prepare_data_dir(settings.data_dir)
    current = current_workspace(settings.data_dir)
    if current is None or not current.is_sample:
        note("没有示例工作区，无需清除。")
        return 0
    lock = FileLock(settings.data_dir / "up.lock", "Shengyu was just started; try again.")
    if not lock.held_elsewhere():
        # Nobody may start, and no process that runs by itself may use what is removed.
        with lock, web_lock(settings), worker_lock(current):
            clear_sample(settings)
    else:
        request_clear(settings.data_dir)
        give_up = time.monotonic() + _WAIT_S
        while clear_requested(settings.data_dir):
            if time.monotonic() > give_up:
                raise Busy("运行中的服务没有响应清除请求。请停止它后重试。")
            time.sleep(0.1)
    note(f"示例已清除。打开 {settings.base_url}/setup 开始正式设置。")
    return 0
