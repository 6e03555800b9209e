"""From spool to searchable mention: mentions a second, with each sentiment engine.

``python -m bench.ingest [--mentions N]`` writes N invented mentions to a spool, ingests them with
one worker on its own workspace, once an engine, and prints a Markdown table. Loading the engine
is not counted.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from api.wiring import Service, open_service
from api.worker import make_ingest
from core.log import configure
from core.settings import Settings
from core.workspace import use_workspace
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import MAX_MENTIONS
from sentiment.brands import BrandInput, add_brand
from storage.search import SearchRequest, Selection

ENGINES = ("snownlp", "ngram")
WORDS = tuple(
    "净化器 扫地机 滤网 客服 价格 门店 噪音 充电 地图 外观 快递 包装 保修 质量 吸力 很好 一般 "  # noqa: SIM905
    "失望 满意 太差 喜欢 投诉 推荐 退货 安静 难用 便宜 昂贵 结实 粗糙 昨天 今天 终于 已经".split()
)


def main() -> None:
    """Measure each engine and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--mentions", type=int, default=6000)
    asked = parser.parse_args()
    configure("ERROR")
    rates = {engine: _rate(engine, asked.mentions) for engine in ENGINES}
    print("\n### From spool to searchable mention\n")
    print(f"{asked.mentions:,} invented mentions of some 45 characters, one worker.\n")
    print("| engine | mentions/s | ratio | newest 20 of a two-character word, ms |")
    print("|---|---|---|---|")
    for engine, (rate, query_ms) in rates.items():
        ratio = rate / rates[ENGINES[0]][0]
        print(f"| {engine} | {rate:,.0f} | {ratio:.1f} | {query_ms:.1f} |")


def _rate(engine: str, count: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate({"data_dir": Path(folder), "scorer": engine})
        service = open_service(settings, use_workspace(Path(folder), "main"))
        try:
            _prepare(service, count)
            ingest = make_ingest(service)
            service.scorer.score(["你好"])
            began = time.perf_counter()
            while ingest.next_batch():
                pass
            seconds = time.perf_counter() - began
            assert service.index.count(Selection()) == count
            return count / seconds, _query_ms(service)
        finally:
            service.close()


def _prepare(service: Service, count: int) -> None:
    with service.records.write() as session:
        add_brand(
            session, BrandInput("星澜科技", aliases=["星澜"]), "bench", service.clock, service.ids
        )
    chance = random.Random(7)
    now = service.clock.now()
    for first in range(0, count, MAX_MENTIONS):
        numbers = range(first, min(first + MAX_MENTIONS, count))
        mentions = tuple(
            RawMention(
                platform="forum",
                text=f"星澜用户{number}说：" + "，".join(chance.sample(WORDS, 14)),
                detected_at=now,
                native_id=str(number),
            )
            for number in numbers
        )
        head = BatchHead(service.ids.new("batch"), "bench", now, open_cases=False)
        service.spool.put(Batch(head, mentions))


def _query_ms(service: Service, times: int = 50) -> float:
    began = time.perf_counter()
    for _ in range(times):
        service.index.search(SearchRequest(q="客服", limit=20))
    return (time.perf_counter() - began) / times * 1000


if __name__ == "__main__":
    main()
