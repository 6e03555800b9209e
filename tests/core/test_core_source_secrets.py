"""Secrets of sources: settings without fixed names, and nobody prints them."""

from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "cookie-7f3a9"


def test_a_secret_comes_from_the_environment_or_the_env_file(tmp_path: Path) -> None:
    env_file = tmp_path / "given.env"
    env_file.write_text("SHENGYU_SOURCE_SECRET_FORUM=from-file\nSHENGYU_SOURCE_SECRET_B=b\n")
    settings = load_settings(env_file, {"SHENGYU_SOURCE_SECRET_FORUM": SECRET})
    assert settings.source_secret("FORUM") == SECRET, "the environment wins"
    assert settings.source_secret("B") == "b"
    assert settings.source_secret("NOBODY") is None


def test_a_secret_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "forum"
    path.write_text(f"{SECRET}\n")
    environ = {
        "SHENGYU_SOURCE_SECRET_FORUM": "older",
        "SHENGYU_SOURCE_SECRET_FORUM_FILE": str(path),
    }
    settings = load_settings(environ=environ)
    assert settings.source_secret("FORUM") == SECRET
    with pytest.raises(SettingsError, match="SHENGYU_SOURCE_SECRET_FORUM_FILE"):
        load_settings(environ={"SHENGYU_SOURCE_SECRET_FORUM_FILE": str(tmp_path / "none")})


def test_settings_do_not_print_a_secret() -> None:
    settings = load_settings(environ={"SHENGYU_SOURCE_SECRET_FORUM": SECRET})
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.model_dump())


def test_the_manual_tells_how_a_source_gets_its_secret() -> None:
    manual = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert "`SHENGYU_SOURCE_SECRET_<NAME>`" in manual
    assert "`secret:<NAME>`" in manual
