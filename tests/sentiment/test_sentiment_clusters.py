from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from child_process import finished, say, start_python
from sqlalchemy import func, select

from core.ids import Ids
from sentiment.clusters import assign_stories, story_sizes
from storage.records import Records
from storage.records.stories import Story, StoryMember

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LEAK = "星澜净化器用了三天就漏水，地板全泡了，客服让我自己擦干，还说这是正常现象，太气人了。"
LEAK_REPOST = f"转发微博：//@路人: {LEAK} 求扩散！！"
PRICE = "远山今天发布了新款扫地机器人，售价两千九百九十九元，预约用户可以优先购买。"
ASSIGN = """
import sys
from datetime import UTC, datetime
from core.ids import Ids
from sentiment.clusters import assign_stories
from storage.records import Records
records = Records.open(sys.argv[1])
sys.stdin.readline()
for number in range(10):
    texts = [(f"{sys.argv[2]} {number}", f"{number * 7919} " * 4 + sys.argv[3] * (number % 2))]
    assign_stories(records, texts, datetime.now(UTC), Ids())
"""


def assign(records: Records, *texts: tuple[str, str]) -> dict[str, str]:
    return assign_stories(records, texts, NOW, Ids())


def sizes(records: Records, stories: Sequence[str]) -> dict[str, int]:
    with records.read() as session:
        return story_sizes(session, stories)


def count(records: Records, table: type[object]) -> int:
    with records.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_copies_share_a_story_and_others_do_not(records: Records) -> None:
    found = assign(records, ("a", LEAK), ("b", LEAK_REPOST), ("c", PRICE))
    assert found["a"] == found["b"] != found["c"]
    assert sizes(records, found.values()) == {found["a"]: 2, found["c"]: 1}


def test_a_copy_that_comes_later_joins_the_story(records: Records) -> None:
    [story] = assign(records, ("a", LEAK)).values()
    assert assign(records, ("b", LEAK_REPOST)) == {"b": story}
    assert sizes(records, [story]) == {story: 2}


def test_a_story_keeps_its_first_mention_and_moment(records: Records) -> None:
    [story] = assign(records, ("a", LEAK)).values()
    assign(records, ("b", LEAK_REPOST))
    with records.read() as session:
        kept = session.get_one(Story, story)
    assert (kept.first_mention_id, kept.first_at, kept.text) == ("a", NOW, LEAK)


def test_a_replay_keeps_every_story_and_counts_nothing_twice(records: Records) -> None:
    batch = (("a", LEAK), ("b", LEAK_REPOST), ("c", PRICE))
    first = assign(records, *batch)
    before = sizes(records, first.values())
    assert assign(records, *batch) == first
    assert assign(records, *reversed(batch)) == first
    assert sizes(records, first.values()) == before
    assert count(records, StoryMember) == 3


def test_a_mention_keeps_its_story_when_its_text_was_changed(records: Records) -> None:
    [story] = assign(records, ("a", LEAK)).values()
    assert assign(records, ("a", PRICE)) == {"a": story}


def test_a_mention_named_twice_in_one_batch_is_counted_once(records: Records) -> None:
    [story] = assign(records, ("a", LEAK), ("a", LEAK)).values()
    assert sizes(records, [story]) == {story: 1}


def test_a_batch_cut_off_halfway_leaves_whole_stories_and_its_replay_the_rest(
    records: Records,
) -> None:
    texts = [(f"m{number}", f"只有{number:04}号") for number in range(60)]

    class FewIds(Ids):
        left = 40

        def new(self, prefix: str) -> str:
            self.left -= 1
            if self.left < 0:
                raise RuntimeError
            return super().new(prefix)

    with pytest.raises(RuntimeError):
        assign_stories(records, texts, NOW, FewIds())
    assert 0 < count(records, Story) == count(records, StoryMember) < 60

    found = assign(records, *texts)
    assert set(sizes(records, found.values()).values()) == {1}
    assert count(records, Story) == count(records, StoryMember) == 60


def test_of_an_empty_batch_nothing_comes(records: Records) -> None:
    assert assign(records) == {}


def test_empty_and_hard_texts_get_a_story_too(records: Records) -> None:
    texts = [("1", ""), ("2", "😀"), ("3", "\n\t"), ("4", "。"), ("5", "好")]
    assert len(assign(records, *texts)) == 5


def test_short_texts_share_a_story_only_when_they_are_equal(records: Records) -> None:
    found = assign(records, ("a", "太差了"), ("b", "太好了"), ("c", "太差了！"))
    assert found["a"] == found["c"] != found["b"]


def test_two_processes_at_once_found_one_story(records: Records, records_address: str) -> None:
    children = [start_python(ASSIGN, records_address, name, LEAK) for name in ("a", "b")]
    for child in children:
        say(child)
    assert [finished(child).returncode for child in children] == [0, 0]
    with records.read() as session:
        rows = session.execute(select(StoryMember.mention_id, StoryMember.story_id)).all()
        founded = session.scalars(select(Story)).all()
    of = dict(rows)
    assert len(of) == 20
    assert all(of[f"a {number}"] == of[f"b {number}"] for number in range(10))
    assert sum(story.mention_count for story in founded) == 20
