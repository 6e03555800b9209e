"""Mentions that are imported while the worker is killed again and again are there once each."""

import json
import os
import random
import re
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.wiring import Service
from storage.records.cases import OutboxMessage
from storage.records.stories import StoryMember
from storage.search import Selection
from tests.faults.processes import Installation, wait_until

LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"
MENTIONS, KILLS = (6000, 10) if LONG else (2000, 3)
BATCH = 500

WORDS = re.findall(
    r"\w+",
    "净化器 扫地机 滤网 客服 价格 门店 噪音 充电 地图 外观 快递 包装 保修 质量 吸力 "
    "很好 一般 失望 满意 太差 喜欢 投诉 推荐 退货 安静 难用 便宜 昂贵 结实 粗糙",
)

pytestmark = pytest.mark.faults


def lines(count: int) -> list[str]:
    """Different voices, so that hardly any two are one story."""
    chance = random.Random(7)
    return [
        json.dumps(
            {
                "platform": "forum",
                "native_id": str(number),
                "text": f"星澜用户{number}说：" + "，".join(chance.sample(WORDS, 9)),
            },
            ensure_ascii=False,
        )
        for number in range(count)
    ]


@pytest.mark.timeout(1500)
def test_a_worker_killed_again_and_again_imports_each_mention_once(
    service: Service, installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "mentions.jsonl"
    file.write_text("\n".join(lines(MENTIONS)), encoding="utf-8")
    chance = random.Random(11)
    worker = installation.start("work")
    wait_until(service.workspace.worker_lock.exists, 30, "the worker")
    time.sleep(0.5)  # the lock is taken right after its file is made
    importing = installation.start("import", str(file), "--json")
    for killed in range(1, KILLS + 1):
        indexed = killed * BATCH
        wait_until(lambda at=indexed: service.index.count(Selection()) >= at, 60, f"{indexed}")
        time.sleep(chance.uniform(0, 0.1))  # somewhere between the index and the next batch
        assert worker.poll() is None, installation.log()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker = installation.start("work")
    output, _ = importing.communicate(timeout=1200)

    counts = json.loads(output)
    assert importing.returncode == 0, installation.log()
    assert counts["read"] == counts["new"] == MENTIONS
    assert counts["duplicate"] == counts["dropped"] == counts["invalid"] == 0
    assert service.index.count(Selection()) == MENTIONS
    assert len({mention.id for mention in service.index.scan(Selection())}) == MENTIONS
    with service.records.read() as session:
        assert session.scalar(select(func.count()).select_from(StoryMember)) == MENTIONS
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert not service.spool.pending()
