import os
import stat
from pathlib import Path

import pytest
from child_process import finished, start_python

from core.errors import Busy
from core.workspace import (
    Workspace,
    current_workspace,
    prepare_data_dir,
    secret_key,
    use_workspace,
)

MAKE_KEY = """
import sys
from pathlib import Path
from core.workspace import secret_key
sys.stdin.readline()
print(secret_key(Path(sys.argv[1])))
"""


def test_an_empty_data_folder_has_no_workspace(tmp_path: Path) -> None:
    assert current_workspace(tmp_path) is None


@pytest.mark.parametrize("name", ["main", "sample"])
def test_the_workspace_put_in_use_is_the_current_one(tmp_path: Path, name: str) -> None:
    made = use_workspace(tmp_path, name)  # type: ignore[arg-type]
    assert current_workspace(tmp_path) == made
    assert made.path.is_dir()
    assert made.is_sample == (name == "sample")


def test_changing_the_workspace_keeps_the_other_ones_files(tmp_path: Path) -> None:
    sample = use_workspace(tmp_path, "sample")
    sample.records.write_bytes(b"kept")
    use_workspace(tmp_path, "main")
    assert sample.records.read_bytes() == b"kept"


def test_a_change_cut_off_before_its_rename_leaves_the_old_workspace(tmp_path: Path) -> None:
    use_workspace(tmp_path, "main")
    (tmp_path / "workspace.new").write_text("sam", encoding="utf-8")
    assert current_workspace(tmp_path) == Workspace("main", tmp_path / "main")
    assert use_workspace(tmp_path, "sample") == current_workspace(tmp_path)


def test_everything_of_a_workspace_lies_in_its_folder(tmp_path: Path) -> None:
    made = use_workspace(tmp_path, "main")
    parts = [made.records, made.search, made.spool, made.mail, made.worker_lock]
    assert {part.parent for part in parts} == {made.path}
    assert len(set(parts)) == len(parts)


def test_a_missing_data_folder_is_made_and_left_clean(tmp_path: Path) -> None:
    prepare_data_dir(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Busy, match="SHENGYU_DATA_DIR") as refused:
        prepare_data_dir(tmp_path / "file" / "data")
    assert str(tmp_path / "file" / "data") in str(refused.value)


def test_the_secret_key_is_made_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert len(key) >= 43
    assert secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    children = [start_python(MAKE_KEY, tmp_path) for _ in range(4)]
    keys = {finished(child).stdout.strip() for child in children}
    assert keys == {secret_key(tmp_path)}


def test_a_key_whose_making_was_cut_off_is_not_taken_for_a_key(tmp_path: Path) -> None:
    os.close(os.open(tmp_path / "secret_key", os.O_CREAT | os.O_WRONLY, 0o600))
    assert len(secret_key(tmp_path)) >= 43
