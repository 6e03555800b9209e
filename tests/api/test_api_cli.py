"""The command line as a shell sees it: what goes where, and how it ends."""

import contextlib
import importlib.metadata
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from child_process import ROOT, run_module
from left_out import leave_out

from api.auth.accounts import ensure_admin, sign_in
from api.wiring import Service, open_service
from core.settings import Settings
from core.workspace import use_workspace
from crawlers.launch import child_environment
from storage.records.accounts import ApiToken

Ended = subprocess.CompletedProcess[bytes]
Shengyu = Callable[..., Ended]
LEAK = "星澜净化器质量太差，用了三天就漏水，客服还骗人说是正常现象。"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def shengyu(data_dir: Path) -> Shengyu:
    """Run ``shengyu`` with arguments; *given* goes to its stdin."""

    def run(*arguments: str, given: str | bytes = "", **environ: str) -> Ended:
        settings = {"SHENGYU_DATA_DIR": str(data_dir)} | environ
        return run_module("-m", "api.cli", *arguments, given=given, **settings)

    return run


def records(ended: Ended) -> list[Any]:
    return [json.loads(line) for line in ended.stdout.decode("utf-8").splitlines()]


def said(ended: Ended) -> str:
    return ended.stderr.decode("utf-8")


def test_the_version_is_told_without_loading_what_is_heavy() -> None:
    ended = run_module("-X", "importtime", "-m", "api.cli", "version")
    loaded = {line.rsplit("|", 1)[-1].strip() for line in said(ended).splitlines()}
    heavy = ("fastapi", "sqlalchemy", "scrapy", "numpy", "apsw", "uvicorn")
    assert "typer" in loaded
    assert [name for name in heavy if name in loaded] == []


def test_the_version_is_the_installed_one() -> None:
    try:
        installed = importlib.metadata.version("shengyu")
    except importlib.metadata.PackageNotFoundError:
        leave_out("the package is not installed here: make setup does that")
    assert run_module("-m", "api.cli", "version").stdout.decode().strip() == installed


def test_without_a_command_the_help_is_shown(shengyu: Shengyu) -> None:
    ended = shengyu()
    assert ended.returncode == 2
    for command in ("up", "serve", "work", "score", "fetch", "import", "search", "cases"):
        assert re.search(rf"^\s+{command}\b", (ended.stdout + ended.stderr).decode(), flags=re.M)


@pytest.mark.parametrize("arguments", [("dance",), ("score", "--colour")])
def test_wrong_use_ends_with_two_and_nothing_on_stdout(
    shengyu: Shengyu, arguments: tuple[str, ...]
) -> None:
    ended = shengyu(*arguments)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert "Traceback" not in said(ended)


@pytest.mark.parametrize("command", [("score",), ("search", "x"), ("up",)])
def test_a_wrong_setting_is_a_sentence_and_no_traceback(
    shengyu: Shengyu, command: tuple[str, ...]
) -> None:
    ended = shengyu(*command, SHENGYU_PORT="http")
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert said(ended).startswith("SHENGYU_PORT: ")
    assert "example: SHENGYU_PORT=8000" in said(ended)
    assert "Traceback" not in said(ended)


def test_settings_come_from_the_env_file_that_is_named(shengyu: Shengyu, tmp_path: Path) -> None:
    (tmp_path / "given.env").write_text("SHENGYU_TIMEZONE=Mars/Base\n", encoding="utf-8")
    wrong = shengyu("--env-file", str(tmp_path / "given.env"), "cases")
    assert (wrong.returncode, said(wrong)[:18]) == (2, "SHENGYU_TIMEZONE: ")
    missing = shengyu("--env-file", str(tmp_path / "missing.env"), "cases")
    assert missing.returncode == 2
    assert "no such file" in said(missing)


@pytest.mark.parametrize(
    "command",
    [
        ("search", "x"),
        ("up",),
        ("sample", "clear"),
        ("token", "create", "--name", "bot", "--role", "admin"),
    ],
)
def test_a_folder_that_cannot_be_written_is_a_sentence(
    shengyu: Shengyu, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    ended = shengyu(*command, SHENGYU_DATA_DIR=str(tmp_path / "file" / "data"))
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert "Cannot write to the data folder" in said(ended)
    assert "Traceback" not in said(ended)


def test_a_damaged_database_is_a_sentence(shengyu: Shengyu, data_dir: Path) -> None:
    workspace = use_workspace_of(data_dir)
    workspace.write_bytes(b"no database " * 500)
    ended = shengyu("cases")
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert "The records cannot be used" in said(ended)
    assert "Traceback" not in said(ended)


def use_workspace_of(data_dir: Path) -> Path:
    data_dir.mkdir()
    return use_workspace(data_dir, "main").records


HARD_LINES: list[tuple[bytes, str | None]] = [
    ('{"text": "质量太差了，再也不买"}'.encode(), None),
    (b'{"text": ""}', None),
    ('{"text": "😀👨‍👩‍👧", "source_type": "weibo"}'.encode(), None),
    ('{"text": "好", "source_type": "carrier pigeon"}'.encode(), None),
    (b'{"text": "\\ud800 half"}', None),
    (b'{"text": "a\\u2028b\\u0000c\\u0085d"}', None),
    (b'  {"text": "spaces around"}  ', None),
    (b'{"text": "extra", "id": 7}', None),
    (b"{", "not JSON"),
    (b'"text"', "object"),
    (b"[]", "object"),
    (b"null", "object"),
    (b"{}", '"text" must be a string'),
    (b'{"text": 7}', '"text" must be a string'),
    (b'{"text": null}', '"text" must be a string'),
    (b'{"text": "x", "source_type": 7}', '"source_type"'),
    (b'{"text": "\xff"}', "not UTF-8"),
    (b"[" * 100_000, "not JSON"),
    (b'{"text": "abc", "start": 0}', '"start" and "end"'),
    (b'{"text": "abc", "start": 2, "end": 2}', "0 <= start < end <= 3"),
    (b'{"text": "abc", "start": 0, "end": 4}', "0 <= start < end <= 3"),
    (b'{"text": "abc", "start": -1, "end": 2}', '"start" and "end"'),
    (b'{"text": "abc", "start": "0", "end": 2}', '"start" and "end"'),
    (b'{"text": "abc", "start": true, "end": 2}', '"start" and "end"'),
    (b'{"text": "abc", "start": 0.0, "end": 2}', '"start" and "end"'),
    ('{"text": "😀星澜很好", "start": 1, "end": 3}'.encode(), None),
]


def assert_score(score: dict[str, Any]) -> None:
    """Three probabilities that sum to 1, and the label of the largest."""
    probabilities = {label: score[f"p_{label}"] for label in ("negative", "neutral", "positive")}
    assert abs(sum(probabilities.values()) - 1) < 1e-4
    assert probabilities[score["label"]] == max(probabilities.values())


def test_score_gives_a_line_for_each_hard_line_in_order(shengyu: Shengyu) -> None:
    lines = [line for line, _ in HARD_LINES]
    # Blank lines between are skipped, but counted in the numbers of lines.
    given = b"\n\n  \r\n".join(lines)
    ended = shengyu("score", given=given)
    out = records(ended)
    assert ended.returncode == 1
    assert len(out) == len(lines)
    for place, ((_, fault), row) in enumerate(zip(HARD_LINES, out, strict=True)):
        if fault is None:
            assert_score(row)
        else:
            assert fault in row["error"]
            assert row["line"] == 1 + 3 * place
    assert_score(out[-1]["target"])
    assert sum("target" in row for row in out) == 1
    assert "Traceback" not in said(ended)


def test_score_of_good_lines_ends_with_zero_and_says_nothing_else(shengyu: Shengyu) -> None:
    lines = "".join(json.dumps({"text": f"第 {n} 条，很好"}) + "\n" for n in range(600))
    ended = shengyu("score", given=lines)
    assert (ended.returncode, said(ended)) == (0, "")
    assert len(records(ended)) == 600


def test_score_of_nothing_is_nothing(shengyu: Shengyu) -> None:
    ended = shengyu("score", given="\n\n")
    assert (ended.returncode, ended.stdout) == (0, b"")


def test_score_tells_clauses_and_words_that_it_comes_from(shengyu: Shengyu) -> None:
    [plain] = records(shengyu("score", "--text", LEAK))
    assert set(plain) == {"label", "p_negative", "p_neutral", "p_positive"}
    [row] = records(shengyu("score", "--text", LEAK, "--explain"))
    assert row == plain | {"clauses": row["clauses"], "words": row["words"]}
    assert "".join(clause["text"] for clause in row["clauses"]) == LEAK
    odds = math.log(row["p_positive"] / row["p_negative"])
    assert sum(clause["weight"] for clause in row["clauses"]) == pytest.approx(odds, abs=0.01)
    for part in (*row["clauses"], *row["words"]):
        assert set(part) == {"text", "start", "end", "weight"}
        assert LEAK[part["start"] : part["end"]] == part["text"]
    assert any("差" in word["text"] and word["weight"] < 0 for word in row["words"])


def test_score_explains_each_line_of_its_input_by_its_source_type(shengyu: Shengyu) -> None:
    lines = [
        {"text": LEAK},
        {"text": LEAK, "source_type": "news", "start": 0, "end": 2},
        {"text": 7},
        {"text": "\u3000"},
    ]
    given = "".join(json.dumps(line) + "\n" for line in lines)
    ended = shengyu("score", "--explain", given=given)
    general, news, bad, blank = records(ended)
    assert ended.returncode == 1
    assert set(bad) == {"error", "line"}
    assert (blank["clauses"], blank["words"]) == ([], [])
    assert_score(news["target"])
    for row in (general, news):
        odds = math.log(row["p_positive"] / row["p_negative"])
        assert sum(part["weight"] for part in row["clauses"]) == pytest.approx(odds, abs=0.01)
    assert general["clauses"] != news["clauses"]


def test_score_takes_one_text_from_the_command_line(shengyu: Shengyu) -> None:
    plain = shengyu("score", "--text", LEAK)
    assert plain.returncode == 0
    [row] = records(plain)
    assert_score(row)
    assert "target" not in row
    [row] = records(shengyu("score", "--text", LEAK, "--start", "0", "--end", "2"))
    assert_score(row["target"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--text", "abc", "--start", "1"),
        ("--text", "abc", "--start", "2", "--end", "9"),
        ("--text", "abc", "--start", "x", "--end", "2"),
        ("--start", "0", "--end", "1"),
    ],
)
def test_score_refuses_offsets_that_cannot_be(shengyu: Shengyu, arguments: tuple[str, ...]) -> None:
    ended = shengyu("score", *arguments, given='{"text": "abc"}')
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert "Traceback" not in said(ended)


def test_score_reads_the_same_whatever_the_locale(shengyu: Shengyu) -> None:
    line = json.dumps({"text": LEAK}, ensure_ascii=False)
    usual = shengyu("score", given=line)
    for locale in ("C", "zh_CN.GBK"):
        other = shengyu("score", given=line, LC_ALL=locale, PYTHONUTF8="0", PYTHONIOENCODING="gbk")
        assert other.stdout == usual.stdout


def test_score_ends_quietly_when_its_reader_has_gone(data_dir: Path) -> None:
    lines = b'{"text": "x"}\n' * 20_000
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", "score"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=child_environment() | {"SHENGYU_DATA_DIR": str(data_dir)},
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        os.set_blocking(child.stdin.fileno(), False)
        child.stdin.write(lines[:4096])
        child.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        assert b"Traceback" not in child.stderr.read()


def test_token_create_prints_the_token_and_nothing_else(shengyu: Shengyu, data_dir: Path) -> None:
    ended = shengyu("token", "create", "--name", "bot", "--role", "researcher")
    assert ended.returncode == 0, said(ended)
    assert re.fullmatch(rb"sy_[A-Za-z0-9_-]{43}\n", ended.stdout)
    with_service(data_dir, lambda service: tokens_are(service, [("bot", "researcher")]))


@pytest.mark.parametrize(("name", "role"), [("bot", "king"), (" ", "admin")])
def test_token_create_refuses_what_cannot_be(shengyu: Shengyu, name: str, role: str) -> None:
    ended = shengyu("token", "create", "--name", name, "--role", role)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert said(ended).strip()
    assert "Traceback" not in said(ended)


def test_a_lost_password_is_reset_at_the_machine(shengyu: Shengyu, data_dir: Path) -> None:
    with_service(data_dir_made(data_dir), first_admin)
    ended = shengyu("account", "reset-password", "admin")
    assert ended.returncode == 0, said(ended)
    password = ended.stdout.decode().rstrip("\n")
    with_service(data_dir, lambda service: signs_in(service, "admin", password))


def test_only_an_account_that_is_there_gets_a_password(shengyu: Shengyu, data_dir: Path) -> None:
    with_service(data_dir_made(data_dir), first_admin)
    ended = shengyu("account", "reset-password", "nobody")
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert "现有账号：admin" in said(ended)


def first_admin(service: Service) -> None:
    ensure_admin(service.records, "a forgotten password", service.clock, service.ids)


def signs_in(service: Service, username: str, password: str) -> None:
    sign_in(service.records, username, password, service.clock, service.ids)


def with_service(data_dir: Path, look: Callable[[Service], None]) -> None:
    service = open_service(Settings(data_dir=data_dir), use_workspace(data_dir, "main"))
    look(service)
    service.close()


def tokens_are(service: Service, expected: list[tuple[str, str]]) -> None:
    with service.records.read() as session:
        rows = session.query(ApiToken).all()
    assert [(row.name, row.role) for row in rows] == expected


def test_import_counts_what_became_of_each_line_and_search_finds_it(
    shengyu: Shengyu, data_dir: Path, tmp_path: Path
) -> None:
    with_service(data_dir_made(data_dir), watch_xinglan)
    lines = [
        {"platform": "weibo", "native_id": "1", "text": LEAK, "author": "真名"},
        {"platform": "weibo", "native_id": "1", "text": LEAK},
        {"platform": "weibo", "native_id": "2", "text": "与谁都无关"},
        {"platform": "weibo"},
    ]
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    ended = shengyu("import", str(file), "--json")
    assert ended.returncode == 1
    [counts] = records(ended)
    reasons = counts.pop("reasons")
    assert counts == {"read": 4, "new": 1, "duplicate": 1, "dropped": 1, "invalid": 1}
    assert len(reasons) == 2

    [hit] = records(shengyu("search", "漏水", "--json"))
    assert (hit["text"], hit["case_ids"]) == (LEAK, [])
    assert hit["author"] != "真名"
    wrong = shengyu("search", "(漏水", "--json")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert "Traceback" not in said(wrong)


def data_dir_made(data_dir: Path) -> Path:
    data_dir.mkdir(exist_ok=True)
    return data_dir


def watch_xinglan(service: Service) -> None:
    from sentiment.brands import BrandInput, add_brand

    with service.records.write() as session:
        add_brand(session, BrandInput("星澜"), "admin", service.clock, service.ids)


def test_import_of_a_file_that_is_not_there_is_wrong_use(shengyu: Shengyu) -> None:
    ended = shengyu("import", "missing.jsonl")
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert "missing.jsonl: no such file" in said(ended)


def test_crawl_of_a_source_that_there_is_not_names_those_there_are(shengyu: Shengyu) -> None:
    ended = shengyu("crawl", "论坛")
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert "没有来源 '论坛'" in said(ended)


def test_doctor_checks_every_part_of_a_sound_workspace(shengyu: Shengyu) -> None:
    ended = shengyu("doctor", "--json")
    checks = records(ended)
    assert ended.returncode == 0, checks
    assert {check["check"] for check in checks} >= {"记录", "索引", "采集缓冲", "磁盘", "邮件"}
    assert all(check["ok"] and check["hint"] is None for check in checks)


def test_doctor_tells_of_a_batch_that_was_set_aside(shengyu: Shengyu, data_dir: Path) -> None:
    poison = data_dir / "main" / "spool" / "poison"
    poison.mkdir(parents=True)
    (poison / "1.jsonl").write_bytes(b"?")
    ended = shengyu("doctor", "--json")
    assert ended.returncode == 1
    [wrong] = [check for check in records(ended) if not check["ok"]]
    assert wrong["check"] == "采集缓冲"
    assert "poison" in wrong["hint"]


def test_cases_of_an_empty_workspace_are_none(shengyu: Shengyu) -> None:
    ended = shengyu("cases", "--json")
    assert (ended.returncode, ended.stdout) == (0, b"")
