"""``shengyu crawl --try``: what a source would give, saved or not, and what would be kept."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from api.command.crawl import source_called
from api.command.opening import opened
from api.command.output import note, record
from api.trial import judge_of, unsaved_job
from api.wiring import Service
from api.worker import crawl_job
from core.clock import isoformat
from core.errors import InvalidInput
from crawlers.job import CrawlJob
from crawlers.presets import fill, preset_called
from crawlers.sources import SourceInput
from crawlers.trial import Trial, TriedItem, try_source

_SHOWN: Final = 60


@dataclass(frozen=True)
class Asked:
    """What to try: a saved source by name, a preset with values, or an address with rules."""

    name: str = ""
    preset: str = ""
    values: tuple[str, ...] = ()
    kind: str = ""
    url: str = ""
    rules: Path | None = None


def run(env_file: Path | None, asked: Asked, as_json: bool) -> int:
    """Try what is *asked* for and print each item with the reason why it is kept or dropped."""
    with opened(env_file) as service:
        trial = try_source(_job(service, asked), judge_of(service), service.index)
    for item in trial.items if as_json else ():
        record(_form(item))
    if not as_json and trial.items:
        _print_table(trial)
    _tell(trial)
    return 1 if trial.status == "error" else 0


def _job(service: Service, asked: Asked) -> CrawlJob:
    if sum(map(bool, (asked.name, asked.preset, asked.kind or asked.url))) != 1:
        raise InvalidInput("请给出其中一种：来源名称、--preset，或 --kind 与 --url。")
    if asked.name:
        return crawl_job(service, source_called(service, asked.name))
    return unsaved_job(service, _unsaved(asked))


def _unsaved(asked: Asked) -> SourceInput:
    if asked.preset:
        pairs = [value.partition("=") for value in asked.values]
        wrong = [name for name, equals, _ in pairs if not equals]
        if wrong:
            raise InvalidInput(f"--set 应写成 名称=值，却是 {wrong[0]!r}。")
        return fill(preset_called(asked.preset), {name: value for name, _, value in pairs})
    rules = _read_rules(asked.rules) if asked.rules else {}
    identity = "url" if asked.kind in {"listing", "sitemap"} else "native_id"
    return SourceInput("试运行", asked.kind, asked.url, "试运行", identity=identity, rules=rules)


def _read_rules(path: Path) -> dict[str, Any]:
    try:
        rules = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"--rules {path} 读不出 JSON：{error}") from error
    if not isinstance(rules, dict):
        raise InvalidInput(f"--rules {path} 应为一个 JSON 对象：{{…}}。")
    return rules


def _form(item: TriedItem) -> dict[str, Any]:
    at = item.published_at
    return asdict(item) | {"published_at": isoformat(at) if at else None}


def _print_table(trial: Trial) -> None:
    table = Table("", "发布时间", "标题或正文", "原因", show_lines=False)
    for item in trial.items:
        at = item.published_at.strftime("%Y-%m-%d %H:%M") if item.published_at else ""
        said = (item.title or item.text).replace("\n", " ")
        shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
        # As plain cells: what a site wrote is no markup of ours.
        table.add_row(*map(_plain, ("✓" if item.kept else "×", at, shown, item.why)))
    Console().print(table)


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text("".join(letter if letter.isprintable() else " " for letter in text))


def _tell(trial: Trial) -> None:
    kept = sum(item.kept for item in trial.items)
    if trial.error:
        note(f"{trial.error} {trial.hint or ''}".strip())
    elif trial.hint:
        note(trial.hint)
    if trial.status != "error":
        told = f"{len(trial.items)} 条，会入库 {kept} 条，读了 {trial.pages} 页。什么也没有保存。"
        note(told if trial.complete else f"{told[:-1]}试运行到上限为止，不是全部。")
