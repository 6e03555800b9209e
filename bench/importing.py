"""How fast and in how much memory files are imported: ``python -m bench.importing [ROWS]``.

A Weibo export of ROWS posts (default 100,000) in each format becomes batches, as ``shengyu import``
makes them, without ingest; beside it the plainest reading of the same file in Python, which turns
no row into anything. Each runs in a process of its own; times are CPU time.
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

_AT = 1762144200
_FORMATS = ("csv", "jsonl", "json", "xlsx")


def _rows(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {
            "note_id": str(5180000000000000 + number),
            "content": f"星澜净化器用了{number}天就漏水，客服说是正常现象，再也不买了。" * 2,
            "create_time": str(_AT + number),
            "create_date_time": "2025-11-03 12:30:00+08:00",
            "liked_count": "1.5万",
            "comments_count": str(number % 100),
            "shared_count": "",
            "last_modify_ts": str((_AT + number) * 1000),
            "note_url": f"https://m.weibo.cn/detail/{5180000000000000 + number}",
            "nickname": f"用户{number % 1000}",
            "source_keyword": "星澜",
            "creator_hash": f"{number:016x}",
        }


def _write(path: Path, count: int) -> None:
    rows = _rows(count)
    if path.suffix == ".xlsx":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Contents")
        for number, row in enumerate(rows):
            if not number:
                sheet.append(list(row))
            sheet.append(list(row.values()))
        book.save(path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            first = next(rows)
            writer = csv.DictWriter(file, list(first))
            writer.writeheader()
            writer.writerow(first)
            writer.writerows(rows)
            return
        for number, row in enumerate(rows):
            lead = "" if path.suffix == ".jsonl" else "[\n" if not number else ",\n"
            end = "\n" if path.suffix == ".jsonl" else ""
            file.write(lead + json.dumps(row, ensure_ascii=False) + end)
        if path.suffix == ".json":
            file.write("\n]")


def _ours(path: Path) -> int:
    from crawlers.importing.batches import ImportHead, Remarks, batches
    from crawlers.importing.context import Context
    from crawlers.importing.entries import entries
    from crawlers.importing.options import Options
    from crawlers.importing.planning import plan_import
    from crawlers.pseudonym import pseudonym
    from crawlers.raw import BatchHead
    from crawlers.spool_format import dump

    plan = plan_import([path], Options())
    now = datetime.now(UTC)
    context = Context(now, ZoneInfo("Asia/Shanghai"), lambda name: pseudonym(name, "key"))
    head = ImportHead("import_1", BatchHead("", "trace_1", now), several=False)
    found = entries(plan, context, path.parent)
    count = 0
    for batch in batches(found, head, Remarks()):
        count += len(batch.mentions)
        for _ in dump(batch):
            pass
    return count


def _plain(path: Path) -> int:
    if path.suffix == ".xlsx":
        import openpyxl

        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        return sum(1 for _ in sheet.iter_rows(values_only=True)) - 1
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            return sum(1 for _ in csv.DictReader(file))
        if path.suffix == ".json":
            return len(json.load(file))
        return sum(1 for line in file if json.loads(line))


def _measure(what: str, path: str) -> None:
    began = time.process_time()
    count = (_ours if what == "ours" else _plain)(Path(path))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"count": count, "seconds": seconds, "peak_mb": peak}))


def main() -> None:
    """Print a table: rows a CPU second and peak memory, ours and plain reading."""
    if len(sys.argv) == 4:
        _measure(sys.argv[2], sys.argv[3])
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print("| format | file MB | rows/s | peak MB | plain rows/s | plain peak MB | CPU ratio |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for form in _FORMATS:
            path = Path(folder) / f"weibo_contents.{form}"
            _write(path, count)
            results = {}
            for what in ("ours", "plain"):
                command = [sys.executable, "-m", "bench.importing", "--measure", what, str(path)]
                done = subprocess.run(command, check=True, capture_output=True)
                results[what] = json.loads(done.stdout)
                assert results[what]["count"] == count
            ours, plain = results["ours"], results["plain"]
            print(
                f"| {form} | {path.stat().st_size / 2**20:.0f} | {count / ours['seconds']:,.0f} "
                f"| {ours['peak_mb']:.0f} | {count / plain['seconds']:,.0f} "
                f"| {plain['peak_mb']:.0f} | {ours['seconds'] / plain['seconds']:.1f} |",
                flush=True,
            )
            path.unlink()


if __name__ == "__main__":
    main()
