import signal
from pathlib import Path

import pytest
from child_process import ROOT, run_python

from core.faults import POINTS, fault_point

PASS_THREE_TIMES = """
from core.faults import fault_point
for number in range(3):
    print(number, flush=True)
    fault_point("spool.after-rename")
print("alive", flush=True)
"""


def test_without_the_setting_a_point_does_nothing() -> None:
    for name in POINTS:
        fault_point(name)


def test_a_point_that_is_not_listed_is_a_programming_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENGYU_FAULT", "spool.after-rename")
    with pytest.raises(AssertionError, match=r"ingest\.nowhere"):
        fault_point("ingest.nowhere")


def test_another_point_than_the_named_one_lets_the_process_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHENGYU_FAULT", "spool.after-rename")
    fault_point("spool.before-rename")


@pytest.mark.parametrize(
    ("fault", "passes"),
    [("spool.after-rename", "0"), ("spool.after-rename:1", "0"), ("spool.after-rename:3", "0 1 2")],
)
def test_a_named_point_kills_the_process_at_the_named_pass(fault: str, passes: str) -> None:
    ended = run_python(PASS_THREE_TIMES, SHENGYU_FAULT=fault)
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == passes.split()


def test_a_pass_that_is_never_reached_kills_nothing() -> None:
    ended = run_python(PASS_THREE_TIMES, SHENGYU_FAULT="spool.after-rename:4")
    assert (ended.returncode, ended.stdout.split()[-1]) == (0, "alive")


def test_every_listed_point_stands_somewhere_in_the_code() -> None:
    rooms = ("storage", "sentiment", "assets", "alerts", "crawlers", "api")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    code = "\n".join(Path(file).read_text(encoding="utf-8") for file in files)
    missing = [name for name in POINTS if f'fault_point("{name}")' not in code]
    assert missing == []
