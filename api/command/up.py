"""``shengyu up``: web and worker, supervised, until Ctrl-C."""

import signal
import socket
import threading
from pathlib import Path
from types import FrameType

from api.command.children import Children
from api.command.environment import command_settings
from api.command.opening import workspace_in_use
from api.command.output import note
from api.command.serve import web_lock
from api.command.welcome import welcome
from api.sample import clear_requested, clear_sample, create_sample
from api.wiring import open_service
from api.worker import worker_lock
from core.errors import Busy
from core.locks import FileLock
from core.log import configure
from core.settings import Settings
from core.workspace import Workspace, current_workspace, prepare_data_dir, use_workspace
from storage.transfer import mark

_POLL_S = 0.2


def run(env_file: Path | None) -> int:
    """Run until SIGINT or SIGTERM; raises ``Busy`` when the port or the folder is taken."""
    settings = command_settings(env_file)
    prepare_data_dir(settings.data_dir)
    lock = FileLock(
        settings.data_dir / "up.lock",
        f"Shengyu already runs on the data folder {settings.data_dir}. "
        "Stop it with Ctrl-C there, or set SHENGYU_DATA_DIR to another folder.",
    )
    with lock:
        _demand_free(settings)
        workspace = _workspace(settings)
        stop = _stop_on_signals()
        _welcome(settings, workspace)
        children = Children(env_file, settings)
        try:
            children.start()
            while not stop.wait(_POLL_S):
                children.keep_alive()
                if clear_requested(settings.data_dir):
                    children.stop()
                    clear_sample(settings)
                    children.start()
        finally:
            children.stop()
    note("已停止。")
    return 0


def _workspace(settings: Settings) -> Workspace:
    """The workspace in use; an empty data folder gets the sample unless that is switched off."""
    if settings.servers:
        return workspace_in_use(settings)
    data_dir = settings.data_dir
    current = current_workspace(data_dir)
    if current is None:
        if settings.sample == "on":
            return _sample(settings)
        return use_workspace(data_dir, "main")
    if not current.is_sample and (data_dir / "sample").exists():
        clear_sample(settings)  # a clearing that was cut off
    return current


def _sample(settings: Settings) -> Workspace:
    note("正在准备示例工作区，需要几秒钟……")
    configure("WARNING")  # two weeks are replayed at once: every batch would be a line
    try:
        return create_sample(settings)
    finally:
        configure(settings.log_level)


def _demand_free(settings: Settings) -> None:
    if web_lock(settings).held_elsewhere():
        web_lock(settings).acquire()
    current = current_workspace(settings.data_dir)
    if current is not None and worker_lock(current).held_elsewhere():
        worker_lock(current).acquire()
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Busy(
                f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). Stop what "
                "uses it, or set SHENGYU_PORT to another port, e.g. SHENGYU_PORT=8001."
            ) from error


def _welcome(settings: Settings, workspace: Workspace) -> None:
    service = open_service(settings, workspace)
    try:
        mark.demand_whole(service.records)
        welcome(service)
    finally:
        service.close()
    note("按 Ctrl-C 停止。")


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    return stop
