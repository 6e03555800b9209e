"""Case rows beside a bulk load: how long a person's click waits for the records' write lock.

``python -m bench.stores [--mentions N]`` takes cases one after the other, first alone, then while
another process carries N invented mentions from the spool into index and records, and prints a
Markdown table. The mentions are judged by their words alone, so that the load presses on the stores
as hard as one process can.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

import numpy as np
from sqlalchemy import select

from alerts.actions import Actor, take
from api.wiring import Service, open_service
from core.log import configure
from core.settings import Settings
from core.workspace import use_workspace
from crawlers.ingest import Ingest
from crawlers.judging import Judge
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import MAX_MENTIONS
from sentiment.brands import BrandInput, add_brand
from sentiment.scorer import Explanation, Score
from storage.records.accounts import User
from storage.records.cases import Case

BAD: Final = ("失望", "太差", "投诉", "退货", "难用")
WORDS: Final = tuple(
    "净化器 扫地机 滤网 客服 价格 门店 噪音 充电 地图 外观 快递 包装 保修 质量 吸力 很好 一般 "  # noqa: SIM905
    "满意 喜欢 推荐 安静 便宜 昂贵 结实 粗糙 昨天 今天 终于 已经 以前 朋友 邻居 周末 上海".split()
)
# One mention in so many is bad news, and so opens or joins a case.
ONE_BAD_IN: Final = 20
CASES: Final = 20
CLICKS_ALONE: Final = 300
PAUSE_S: Final = 0.01
USER: Final = "user_bench"


class WordScorer:
    """Calls a text negative that holds a bad word, and explains nothing."""

    name = "words"

    def score(self, texts: Sequence[str], source_type: str | None = None) -> list[Score]:
        """Return a score a text."""
        return [_NEGATIVE if any(word in text for word in BAD) else _NEUTRAL for text in texts]

    def score_target(
        self, text: str, start: int, end: int, source_type: str | None = None
    ) -> Score:
        """Return the score of the whole text."""
        return self.score([text])[0]

    def explain(self, texts: Sequence[str], source_type: str | None = None) -> list[Explanation]:
        """Return scores that come from nothing."""
        scores = zip(texts, self.score(texts), strict=True)
        return [Explanation(score, (), (0.0,) * len(text)) for text, score in scores]


_NEGATIVE: Final = Score("negative", 0.9, 0.08, 0.02)
_NEUTRAL: Final = Score("neutral", 0.1, 0.8, 0.1)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.stores", description=__doc__)
    parser.add_argument("--mentions", type=int, default=20_000)
    asked = parser.parse_args()
    configure("ERROR")
    with tempfile.TemporaryDirectory() as name:
        service = _open(Path(name))
        try:
            cases = _cases(service)
            _spool(service, asked.mentions)
            alone = [_click(service, next(cases)) for _ in range(CLICKS_ALONE)]
            beside, seconds = _beside_load(service, cases)
        finally:
            service.close()
    print("\n### A case beside a bulk load\n")
    print(
        f"{asked.mentions:,} mentions from the spool into index and records by another process, "
        f"{asked.mentions / seconds:,.0f} a second; one in {ONE_BAD_IN} is bad news.\n"
    )
    print("| take a case | clicks | p50 ms | p95 ms | max ms | p95 against alone |")
    print("|---|---|---|---|---|---|")
    floor = float(np.percentile(alone, 95))
    for what, took in (("alone", alone), ("beside the load", beside)):
        p50, p95, most = (float(np.percentile(took, at)) for at in (50, 95, 100))
        print(f"| {what} | {len(took)} | {p50:.1f} | {p95:.1f} | {most:.1f} | {p95 / floor:.1f} |")


def _open(folder: Path) -> Service:
    settings = Settings.model_validate({"data_dir": folder, "sample": "off"})
    return open_service(settings, use_workspace(folder, "main"))


def _beside_load(service: Service, cases: Iterator[str]) -> tuple[list[float], float]:
    spawn = multiprocessing.get_context("spawn")
    started = spawn.Event()
    load = spawn.Process(target=_load, args=(service.settings.data_dir, started))
    load.start()
    started.wait(60)
    began, took = time.perf_counter(), []
    while load.is_alive():
        took.append(_click(service, next(cases)))
        time.sleep(PAUSE_S)
    load.join()
    assert load.exitcode == 0, "the load failed"
    return took, time.perf_counter() - began


def _load(folder: Path, started: Event) -> None:
    configure("ERROR")
    service = _open(folder)
    started.set()
    _ingest(service)
    service.close()


def _ingest(service: Service) -> None:
    watchlist = service.watchlist()
    ingest = Ingest(
        service.records,
        service.index,
        service.spool,
        lambda: Judge(watchlist, WordScorer()),
        service.clock,
        service.ids,
    )
    while ingest.next_batch():
        pass


def _click(service: Service, case_id: str) -> float:
    """Take a case at the version that it has; return the milliseconds, commit included."""
    with service.records.read() as session:
        version = session.get_one(Case, case_id).version
    began = time.perf_counter()
    with service.records.write() as session:
        take(session, case_id, version, Actor(USER, "bench"), service.clock)
    return (time.perf_counter() - began) * 1000


def _cases(service: Service) -> Iterator[str]:
    """Open cases about an own brand and yield their ids, round and round."""
    now = service.clock.now()
    with service.records.write() as session:
        given = BrandInput("星澜科技", "own", aliases=["星澜"])
        add_brand(session, given, "bench", service.clock, service.ids)
        session.add(
            User(
                id=USER,
                username=USER,
                display_name="bench",
                role="admin",
                password_hash="",
                created_at=now,
            )
        )
    chance = random.Random(3)
    texts = [
        f"星澜的{chance.choice(BAD)}，" + "，".join(chance.sample(WORDS, 14)) for _ in range(CASES)
    ]
    _put(service, texts)
    _ingest(service)
    with service.records.read() as session:
        ids = list(session.scalars(select(Case.id)))
    assert ids, "no case was opened"
    return cycle(ids)


def _spool(service: Service, count: int) -> None:
    """Put *count* mentions of different voices into the spool."""
    chance = random.Random(7)
    texts = [_text(number, chance) for number in range(count)]
    for first in range(0, count, MAX_MENTIONS):
        _put(service, texts[first : first + MAX_MENTIONS])


def _put(service: Service, texts: Sequence[str]) -> None:
    now, batch = service.clock.now(), service.ids.new("batch")
    mentions = tuple(
        RawMention(platform="forum", text=text, detected_at=now, native_id=f"{batch}-{number}")
        for number, text in enumerate(texts)
    )
    service.spool.put(Batch(BatchHead(batch, "bench", now, trusted=True), mentions))


def _text(number: int, chance: random.Random) -> str:
    words = chance.sample(WORDS, 14)
    if number % ONE_BAD_IN == 0:
        words[0] = chance.choice(BAD)
    return f"星澜用户{number}说：" + "，".join(words)


if __name__ == "__main__":
    main()
