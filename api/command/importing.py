"""``shengyu import``: files → spool → (a worker's) ingest → a count of what became of each row."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from api.command.awaiting import Helper, once_back
from api.command.import_preview import show_preview
from api.command.opening import opened
from api.command.output import line, note, record
from api.command.rows_shown import RowsShown
from api.import_desk import import_desk
from core.errors import InvalidInput
from crawlers.importing.options import Options
from crawlers.importing.preview import preview
from crawlers.importing.run import ImportRun, start_import

# More reasons than these stand in the file of --report alone.
_REASONS_TOLD: Final = 10_000
_REASONS_SHOWN: Final = 50


def run(
    env_file: Path | None,
    files: Sequence[Path],
    options: Options,
    *,
    as_json: bool = False,
    preview_rows: int = 0,
    report: Path | None = None,
) -> int:
    """Import *files*; returns 1 when a row was invalid. May be killed and run again."""
    for file in files:
        if not file.exists():
            raise InvalidInput(f"{file}: no such file.")
    with opened(env_file) as service:
        desk = import_desk(service)
        if preview_rows:
            shown = preview(
                files, options, desk.context(service.clock.now()), desk.scratch, rows=preview_rows
            )
            return show_preview(shown, as_json)
        if report is not None:
            report.touch()  # a path that cannot be written is told before the work
        under_way = start_import(desk, files, options)
        helper = Helper(service)
        with RowsShown() as shown_rows:
            while not under_way.finished:
                if once_back(service, under_way.step):
                    helper.moved()
                else:
                    helper.help(lambda: len(under_way.waiting))
                shown_rows.update(under_way.rows_read, under_way.report().counts["read"])
        if report is not None:
            _write_report(report, under_way)
        return _tell(under_way, as_json)


def options_of(
    maps: Sequence[str],
    mapping: Path | None,
    **given: Any,
) -> Options:
    """Return the options that a command line names. Raises ``InvalidInput``.

    *maps* are ``field=column``; *mapping* is a JSON file of an object with the same, which may also
    hold ``platform``-like options under ``"options"``.
    """
    columns: dict[str, str] = _mapping_file(mapping) if mapping else {}
    for each in maps:
        field, equals, column = each.partition("=")
        if not equals or not field.strip():
            raise InvalidInput(f"--map 应写成 字段=列名，如 text=内容，却是 {each}。")
        columns[field.strip()] = column.strip()
    return replace(Options(columns=columns), **given)


def _mapping_file(path: Path) -> dict[str, str]:
    try:
        mapping = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidInput(f"{path} 不是合法的 JSON：{error}") from error
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        raise InvalidInput(f'{path} 应为一个对象，如 {{"text": "内容", "url": "链接"}}。')
    return mapping


def _tell(under_way: ImportRun, as_json: bool) -> int:
    told = under_way.report()
    found = under_way.reasons()
    reasons = list(islice(found, _REASONS_TOLD if as_json else _REASONS_SHOWN))
    left = sum(1 for _ in found)
    if as_json:
        extra: dict[str, Any] = {"notes": list(told.notes)} if told.notes else {}
        extra |= {"reasons_left_out": left} if left else {}
        record(told.counts | {"reasons": reasons} | extra)
    else:
        line(
            "读取 {read} 条：新增 {new}，重复 {duplicate}，未入库 {dropped}，无效 {invalid}".format(
                **told.counts
            )
        )
        for each in told.notes:
            times = f"（{each['count']} 行，首次：{each['entry']}）" if each["count"] > 1 else ""
            note(f"  {each['reason']}{times}")
        for reason in reasons:
            note(f"  {reason['entry']}: {reason['reason']}")
        if left:
            note(f"  还有 {left} 行没有列出；用 --report 文件.csv 写出全部原因。")
    return 0 if told.clean else 1


def _write_report(path: Path, under_way: ImportRun) -> None:
    told = under_way.report()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["位置", "原因"])
        writer.writerows(_cells(told.notes))
        writer.writerows(_cells(under_way.reasons()))


def _cells(reasons: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for each in reasons:
        count = each.get("count", 1)
        why = each["reason"] if count == 1 else f"{each['reason']}（{count} 行）"
        yield [_harmless(str(each["entry"])), _harmless(why)]


def _harmless(text: str) -> str:
    """A cell that begins like a formula would be run by a spreadsheet."""
    text = text.encode("utf-8", "replace").decode()
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
