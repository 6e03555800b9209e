"""One click on a row corrects what a mention means; a few drawn by chance are checked each day."""

import re
from dataclasses import replace

import httpx
import pytest
from pages_desk import AsRole, PagesDesk

from api.worker import make_ingest
from sentiment.correcting.accuracy import accuracies
from sentiment.correcting.marks import history
from storage.mentions import MentionBrand
from storage.records.marks import MentionMark

GOOD = f"{100:040x}"
SMELL = f"{0:040x}"


def post(
    client: httpx.Client, desk: PagesDesk, path: str, role: str, **fields: str
) -> httpx.Response:
    return client.post(path, data={"csrf": desk.csrf(role), **fields})


def marks(desk: PagesDesk, mention_id: str) -> list[MentionMark]:
    with desk.service.records.read() as session:
        return [mark for mark in history(session, mention_id) if not mark.subject]


def row(page: str, mention_id: str) -> str:
    found = re.search(rf'<article class="mention" id="{mention_id}">.*?</article>', page, re.S)
    assert found is not None
    return found[0]


def put_two_brands(desk: PagesDesk) -> str:
    first = desk.service.index.get(SMELL)
    assert first is not None
    rival = MentionBrand("brand_rival", "蓝鲸智能", "competitor", (), "negative", 0.8, 0.1, 0.1)
    brands = (*first.brands, rival)
    two = replace(first, id="f" * 40, story_id="story_two", text="星澜不如蓝鲸", brands=brands)
    desk.service.index.create_many([two])
    return two.id


@pytest.mark.parametrize("role", ["admin", "director", "brand_manager", "researcher"])
def test_one_click_corrects_and_the_page_tells(as_role: AsRole, desk: PagesDesk, role: str) -> None:
    client = as_role(role)
    answer = post(
        client,
        desk,
        f"/mentions/{GOOD}/label",
        role,
        label="neutral",
        back="/mentions?label=positive",
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/mentions?label=positive&marked={GOOD}#{GOOD}"
    page = client.get(answer.headers["location"]).text
    assert "已改判为“中性”" in page
    assert f'id="{GOOD}"' not in page
    shown = row(client.get("/mentions").text, GOOD)
    assert ">正面 0.93</s>" in shown
    assert f"林{role} 改判，" in shown
    assert [mark.actor_id for mark in marks(desk, GOOD)] == [f"user_{role}"]


def test_an_undo_gives_the_engine_its_word_back(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("director")
    post(client, desk, f"/mentions/{GOOD}/label", "director", label="negative")
    answer = post(client, desk, f"/mentions/{GOOD}/label/undo", "director", back="/mentions")
    page = client.get(answer.headers["location"]).text
    assert "已取消，恢复为机器判断的“正面”" in page
    assert "</s>" not in row(page, GOOD)
    assert [mark.label for mark in marks(desk, GOOD)] == ["negative", ""]


def test_the_label_that_stands_confirms_it(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("researcher")
    shown = row(client.get("/mentions").text, GOOD)
    assert re.search(r'value="positive" aria-pressed="true" title="对，认可"', shown)
    answer = post(client, desk, f"/mentions/{GOOD}/label", "researcher", label="positive")
    assert "已认可为“正面”" in client.get(answer.headers["location"]).text
    assert "林researcher 认可，" in row(client.get("/mentions").text, GOOD)


def test_who_may_only_read_sees_the_word_but_no_choice(as_role: AsRole, desk: PagesDesk) -> None:
    post(as_role("admin"), desk, f"/mentions/{GOOD}/label", "admin", label="neutral")
    client = as_role("legal")
    shown = row(client.get("/mentions").text, GOOD)
    assert "林admin 改判，" in shown
    assert "<form" not in shown
    assert (
        post(client, desk, f"/mentions/{GOOD}/label", "legal", label="neutral").status_code == 403
    )
    assert client.get("/mentions/check").status_code == 403
    assert len(marks(desk, GOOD)) == 1


def test_a_wrong_form_changes_nothing(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("admin")
    path = f"/mentions/{GOOD}/label"
    assert post(client, desk, path, "admin", label="great").status_code == 422
    assert post(client, desk, path, "admin", label="neutral", brand="none").status_code == 404
    assert post(client, desk, path, "admin", label="neutral", check="on").status_code == 422
    assert client.post(path, data={"label": "neutral"}).status_code == 403
    assert marks(desk, GOOD) == []


@pytest.mark.parametrize("back", ["https://evil.example/mentions", "//evil.example", "/admin", ""])
def test_a_form_leads_back_to_our_own_pages_only(
    as_role: AsRole, desk: PagesDesk, back: str
) -> None:
    answer = post(
        as_role("admin"), desk, f"/mentions/{GOOD}/label", "admin", label="neutral", back=back
    )
    assert answer.headers["location"] == f"/mentions?marked={GOOD}#{GOOD}"


def test_the_words_that_hurt_most_are_marked_and_told_until_a_person_disagrees(
    as_role: AsRole, desk: PagesDesk
) -> None:
    client = as_role("director")
    marked = '<strong class="worst">刚买的星澜 S3</strong>'
    told = "分量最重的字词：刚买的星澜 S3"
    shown = row(client.get("/mentions").text, SMELL)
    assert marked in shown
    assert told in shown
    case = client.get(f"/cases/{desk.open_case}").text
    assert marked in case
    assert told in case
    post(client, desk, f"/mentions/{SMELL}/label", "director", label="negative")
    assert marked in row(client.get("/mentions").text, SMELL)
    post(client, desk, f"/mentions/{SMELL}/label", "director", label="neutral")
    shown = row(client.get("/mentions").text, SMELL)
    assert "worst" not in shown
    assert "hurt" not in shown
    assert told not in shown


def test_bad_news_that_only_a_person_saw_is_not_explained_by_the_engine(
    as_role: AsRole, desk: PagesDesk
) -> None:
    client = as_role("director")
    assert "分量最重的字词：" in row(client.get("/mentions").text, GOOD)
    answer = post(client, desk, f"/mentions/{GOOD}/label", "director", label="negative")
    shown = row(client.get(answer.headers["location"]).text, GOOD)
    case = re.search(r'href="(/cases/[^"]+)"', shown)
    assert case is not None
    for page in (shown, client.get(case[1]).text):
        assert "hurt" not in page
        assert "为什么是负面" not in page


def test_a_case_shows_the_word_of_the_person(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("director")
    post(client, desk, f"/mentions/{SMELL}/label", "director", label="neutral")
    page = client.get(f"/cases/{desk.open_case}").text
    assert "中性，林director 判定" in page
    assert "林director 把一条提及改判为中性" in page
    assert desk.case(desk.open_case).state == "open"


def test_bad_news_that_was_missed_opens_a_case_and_says_so(
    as_role: AsRole, desk: PagesDesk
) -> None:
    client = as_role("brand_manager")
    answer = post(client, desk, f"/mentions/{GOOD}/label", "brand_manager", label="negative")
    page = client.get(answer.headers["location"]).text
    found = re.search(r'href="(/cases/[^"]+)">按立案规则开了事件', page)
    assert found is not None
    assert client.get(found[1]).status_code == 200


def test_the_checks_of_a_day_are_five_and_the_same_for_all(
    as_role: AsRole, desk: PagesDesk
) -> None:
    page = as_role("researcher").get("/mentions/check").text
    drawn = re.findall(r'<article class="mention" id="(\w+)">', page)
    assert len(set(drawn)) == 5
    again = as_role("admin").get("/mentions/check").text
    assert re.findall(r'<article class="mention" id="(\w+)">', again) == drawn
    # Nobody is told what the engine said: that would lead them.
    assert "aria-pressed" not in page
    assert "0.93" not in page


def test_a_check_counts_for_the_accuracy_of_the_report(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("director")
    drawn = re.findall(r'<article class="mention" id="(\w+)">', client.get("/mentions/check").text)
    for mention_id in drawn:
        label = "neutral" if mention_id == drawn[0] else "positive"
        answer = post(
            client,
            desk,
            f"/mentions/{mention_id}/label",
            "director",
            label=label,
            brand=desk.brand,
            check="on",
            back="/mentions/check",
        )
        assert answer.headers["location"].startswith("/mentions/check?")
    page = client.get(answer.headers["location"]).text
    assert "今天的都看完了，谢谢" in page
    assert "至今抽查 5 条，判对 4 条。" in page
    with desk.service.records.read() as session:
        whole = accuracies(session).whole
    assert (whole.checked, whole.right, whole.corrected) == (5, 4, 0)
    report = client.get("/reports").text
    card = report[report.index('id="accuracy"') :]
    assert re.search(r"星澜科技</th><td>5</td><td>80\.0%</td><td>37\.6%–96\.4%</td>", card)
    table = client.get("/reports/kpi.csv").text
    assert "判断准确率 星澜科技,0.8," in table


def test_a_report_without_marks_says_how_to_begin(as_role: AsRole, desk: PagesDesk) -> None:
    assert "本期还没有人标注过" in as_role("director").get("/reports").text


def test_a_mention_of_two_brands_is_judged_towards_each(as_role: AsRole, desk: PagesDesk) -> None:
    two = put_two_brands(desk)
    client = as_role("researcher")
    shown = row(client.get("/mentions").text, two)
    assert shown.count('class="judge-choices"') == 3
    answer = post(
        client, desk, f"/mentions/{two}/label", "researcher", label="positive", brand="brand_rival"
    )
    page = client.get(answer.headers["location"]).text
    assert "对蓝鲸智能的态度已改判为“正面”" in page
    found = desk.service.index.get(two)
    assert found is not None
    assert [brand.label for brand in found.brands] == ["negative", "positive"]


def test_copies_say_whose_word_they_follow_and_the_page_says_that_they_will(
    as_role: AsRole, desk: PagesDesk
) -> None:
    client, copy = as_role("director"), f"{1:040x}"
    answer = post(client, desk, f"/mentions/{SMELL}/label", "director", label="neutral")
    assert "同文的提及会跟着改。" in client.get(answer.headers["location"]).text
    assert make_ingest(desk.service).next_batch()
    story = "/mentions?q=story:story_smell"
    shown = row(client.get(story).text, copy)
    assert "同文，按林director的修改" in shown
    assert "改判，" not in shown
    assert ">负面 0.93</s>" in shown
    assert "林director 改判，" in row(client.get(story).text, SMELL)
    assert "same text, as corrected by 林director" in (
        client.get(story, headers={"Accept-Language": "en"}).text
    )
    with desk.service.records.read() as session:
        assert accuracies(session).whole.marks == 1

    answer = post(client, desk, f"/mentions/{SMELL}/label/undo", "director")
    assert "同文的提及会跟着恢复。" in client.get(answer.headers["location"]).text
    make_ingest(desk.service).next_batch()
    assert "同文" not in row(client.get(story).text, copy)
    assert [mark.label for mark in marks(desk, copy)] == ["neutral", ""]


def test_a_mention_without_copies_promises_none(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("director")
    answer = post(client, desk, f"/mentions/{GOOD}/label", "director", label="neutral")
    assert "同文" not in client.get(answer.headers["location"]).text


def test_a_check_of_a_copy_is_still_to_be_done(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("director")
    drawn = re.findall(r'<article class="mention" id="(\w+)">', client.get("/mentions/check").text)
    with desk.service.records.write() as session:
        session.add(
            MentionMark(
                mention_id=drawn[0],
                subject=desk.brand,
                said="",
                taken_label="neutral",
                taken_from=1,
                engine_label="positive",
                p_negative=0.04,
                p_neutral=0.03,
                p_positive=0.93,
                engine="test",
                origin="copy",
                actor_id="",
                actor_name="林岚",
                at=desk.service.clock.now(),
            )
        )
    page = client.get("/mentions/check").text
    assert "林岚" not in page[page.index("<article") :]
