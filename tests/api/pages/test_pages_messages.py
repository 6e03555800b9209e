"""The room of messages, their forms, and the answers on the page of a case."""

import re
from html import unescape
from typing import Any

import httpx
import pytest
from approved_messages import SMELL_BODY, approve, approved_message, new_version, write_message
from pages_desk import HOSTILE, AsRole, PagesDesk

from storage.records.library import Asset, AssetVersion, MessageUse, Review

FORM: dict[str, str] = {
    "title": "滤网气味",
    "scenario": "quality",
    "form": "statement",
    "statement": "新滤网的味道通风后会减弱。",
    "variant-weibo": "通风就好。",
    "do_not_say": "正常现象\n\n别家也这样",
    "steps": "先致歉\n再换滤网",
    "contacts": "周航，售后主管，分机 8021",
    "keywords": "异味、滤网\n刺鼻",
}


def send(
    client: httpx.Client, desk: PagesDesk, path: str, role: str = "admin", **fields: str
) -> httpx.Response:
    return client.post(path, data={"csrf": desk.csrf(role), **fields})


def words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def message(desk: PagesDesk, *args: Any, **values: Any) -> Asset:
    return approved_message(desk.service.records, desk.service.clock, *args, **values)


def draft(desk: PagesDesk, *args: Any, **values: Any) -> Asset:
    return write_message(desk.service.records, desk.service.clock, *args, **values)


def stored(desk: PagesDesk, kind: Any) -> list[Any]:
    with desk.service.records.read() as session:
        return list(session.query(kind).all())


def use(admin: httpx.Client, desk: PagesDesk, made: Asset, **fields: str) -> httpx.Response:
    given = {
        "asset_id": made.id,
        "version_id": str(made.published_version_id),
        "variant": "weibo",
        "nonce": "n1",
    }
    return send(admin, desk, f"/cases/{desk.open_case}/uses", **{**given, **fields})


# The list


def test_messages_stand_under_their_scenarios_with_counts(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    message(desk)
    draft(desk, "客服致歉", "service")
    told = words(admin.get("/messages"))
    assert "全部 2" in told
    assert "产品质量 1" in told
    assert "新滤网气味说明" in told
    assert "可用" in told
    only = words(admin.get("/messages?scenario=service"))
    assert "客服致歉" in only
    assert "新滤网气味说明" not in only


def test_a_search_reads_what_messages_say_and_their_keywords(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    message(desk)
    draft(desk, "漏水处置", body={"statement": "请关闭进水阀。", "variants": [], "keywords": []})
    assert "漏水处置" in admin.get("/messages?q=进水阀").text
    assert "新滤网气味说明" in admin.get("/messages?q=刺鼻 產品").text
    assert "没有找到这样的口径" in admin.get("/messages?q=不存在").text


def test_only_published_ones_are_shown_to_those_who_may_not_read_drafts(
    as_role: AsRole, desk: PagesDesk
) -> None:
    message(desk)
    hidden = draft(desk, "还没批准的说法")
    for role in ("researcher", "agency"):
        client = as_role(role)
        told = client.get("/messages").text
        assert "新滤网气味说明" in told
        assert "还没批准的说法" not in told
        assert "全部 <span>1</span>" in told
        assert client.get(f"/messages/{hidden.id}").status_code == 404
        assert client.get("/messages/new").status_code == 403


def test_an_empty_room_says_what_to_do(admin: httpx.Client, as_role: AsRole) -> None:
    assert 'href="/messages/new?scenario=price"' in admin.get("/messages?scenario=price").text
    assert "写一条口径" not in as_role("agency").get("/messages").text


# The form


def test_a_message_is_written_by_the_form(admin: httpx.Client, desk: PagesDesk) -> None:
    answer = send(admin, desk, "/messages/new", **FORM, do="save")
    (version,) = stored(desk, AssetVersion)
    assert answer.headers["location"] == f"/messages/{version.asset_id}?done=new&v=1"
    assert version.body["do_not_say"] == ["正常现象", "别家也这样"]
    assert version.body["keywords"] == ["异味", "滤网", "刺鼻"]
    assert version.body["contacts"] == [{"name": "周航", "role": "售后主管", "reach": "分机 8021"}]
    assert version.body["variants"] == [{"channel": "weibo", "text": "通风就好。"}]
    told = words(admin.get(answer.headers["location"]))
    for part in ("已存为草稿", "先致歉", "别家也这样", "分机 8021", "通风就好。", "草稿"):
        assert part in told


def test_the_check_marks_forbidden_words_and_keeps_nothing(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    given = {**FORM, "statement": "这是全国最好的滤网。"}
    answer = send(admin, desk, "/messages/new", **given, do="check")
    assert answer.status_code == 200
    assert re.search(r'<mark class="flagged is-block">[^<]*最好', answer.text)
    assert "建议" in words(answer)
    assert "草稿可以先存" in words(answer)
    assert "这是全国最好的滤网。</textarea>" in answer.text
    assert stored(desk, Asset) == []


def test_forbidden_words_may_be_kept_but_not_sent_for_review(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    given = {**FORM, "statement": "这是全国最好的滤网。"}
    refused = send(admin, desk, "/messages/new", **given, do="submit")
    assert refused.status_code == 422
    assert "有禁用语" in words(refused)
    assert stored(desk, Asset) == []
    kept = send(admin, desk, "/messages/new", **given, do="save")
    made = stored(desk, Asset)[0]
    shown = admin.get(kept.headers["location"])
    assert re.search(r'<mark class="flagged is-block">[^<]*最好', shown.text)
    again = send(admin, desk, f"/messages/{made.id}/submit", version=str(made.version))
    assert again.status_code == 422
    assert "有禁用语" in words(again)
    mended = {**FORM, "version": str(made.version), "do": "submit"}
    sent = send(admin, desk, f"/messages/{made.id}/edit", **mended)
    assert "done=submit" in sent.headers["location"]
    assert [review.state for review in stored(desk, Review)] == ["open"]


def test_a_claim_is_sent_for_review_with_its_proof(admin: httpx.Client, desk: PagesDesk) -> None:
    given = {**FORM, "statement": "第三方检测显示，滤网的甲醛去除率为 92%。"}
    send(admin, desk, "/messages/new", **given, do="save")
    made = stored(desk, Asset)[0]
    path = f"/messages/{made.id}"
    refused = send(admin, desk, f"{path}/submit", version=str(made.version))
    assert refused.status_code == 422
    assert "证据" in words(refused)
    assert "添加证据" in words(admin.get(path))
    wrong = send(admin, desk, f"{path}/evidence", version=str(made.version), claim="92%")
    assert wrong.status_code == 422
    assert 'value="92%"' in wrong.text
    proof = {"claim": "去除率 92%", "issuer": "江城检测", "proved_until": "2099-01-01"}
    added = send(admin, desk, f"{path}/evidence", version=str(made.version), **proof)
    assert added.headers["location"] == f"{path}?done=evidence"
    assert "江城检测" in words(admin.get(path))
    sent = send(admin, desk, f"{path}/submit", version=str(stored(desk, Asset)[0].version))
    assert sent.headers["location"] == f"{path}?done=submit"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": ""}, "请写一个标题"),
        ({"scenario": ""}, "请选择场景"),
        ({"statement": ""}, "口径正文还是空的"),
        ({"form": "qa"}, "先写问题"),
        ({"variant-weibo": "字" * 4001}, "最多 4000 个字"),
        ({"contacts": "，主管"}, "缺少必填"),
        ({"steps": "\n".join(f"第 {n} 步" for n in range(41))}, "最多 40 条"),
    ],
)
def test_a_wrong_form_comes_back_as_it_was_written(
    admin: httpx.Client, desk: PagesDesk, wrong: dict[str, str], told: str
) -> None:
    answer = send(admin, desk, "/messages/new", **{**FORM, **wrong}, do="save")
    assert answer.status_code == 422
    assert told in words(answer)
    assert "别家也这样" in answer.text
    assert stored(desk, Asset) == []


def test_a_case_that_found_nothing_fills_in_what_it_knows(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    page = admin.get(f"/cases/{desk.open_case}").text
    href = re.search(r'href="(/messages/new\?[^"]+)"', page)
    assert href
    form = admin.get(unescape(href[1])).text
    assert '<option value="quality" selected>' in form
    assert '<option value="brand_own" selected>' in form
    assert f'href="/cases/{desk.open_case}"' in form


def test_an_edit_makes_a_version_and_a_stale_one_is_told(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    made = message(desk)
    form = admin.get(f"/messages/{made.id}/edit").text
    assert "分机 8021" in form
    assert "免费更换滤网" in form
    given = {**FORM, "version": str(made.version), "do": "save"}
    saved = send(admin, desk, f"/messages/{made.id}/edit", **given)
    assert saved.headers["location"] == f"/messages/{made.id}?done=saved&v=2"
    stale = send(admin, desk, f"/messages/{made.id}/edit", **given)
    assert stale.status_code == 409
    assert "刚被改过" in words(stale)
    assert f'name="version" value="{made.version}"' not in stale.text


def test_a_form_without_its_token_does_nothing(admin: httpx.Client, desk: PagesDesk) -> None:
    assert admin.post("/messages/new", data=FORM).status_code == 403
    assert stored(desk, Asset) == []


def test_who_may_only_read_may_not_write(as_role: AsRole, desk: PagesDesk) -> None:
    made = message(desk)
    client = as_role("legal")
    assert send(client, desk, "/messages/new", "legal", **FORM).status_code == 403
    assert send(client, desk, f"/messages/{made.id}/archive", "legal").status_code == 403
    assert "编辑" not in words(client.get(f"/messages/{made.id}"))


# One message


def test_the_published_version_is_shown_until_the_newer_one_is_approved(
    admin: httpx.Client, as_role: AsRole, desk: PagesDesk
) -> None:
    made = message(desk)
    new_version(desk.service.records, desk.service.clock, made.id, statement="新的说法。")
    page = words(admin.get(f"/messages/{made.id}"))
    assert "免费更换滤网" in page
    assert "看还没发布的第 2 版" in page
    assert "新的说法。" in words(admin.get(f"/messages/{made.id}?v=2"))
    assert "新的说法。" not in as_role("agency").get(f"/messages/{made.id}?v=2").text
    assert admin.get(f"/messages/{made.id}?v=9").status_code == 404
    approve(desk.service.records, desk.service.clock, made.id)
    assert "新的说法。" in words(admin.get(f"/messages/{made.id}"))


def test_a_message_is_recalled_with_a_reason_and_restored(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    made = message(desk)
    path, version = f"/messages/{made.id}", str(made.version)
    missing = send(admin, desk, f"{path}/recall", version=version, reason="")
    assert missing.status_code == 422
    assert "请写明召回的原因" in words(missing)
    done = send(admin, desk, f"{path}/recall", version=version, reason="检测报告有误")
    assert done.headers["location"] == f"{path}?done=recall"
    assert "检测报告有误" in words(admin.get(path))
    version = str(stored(desk, Asset)[0].version)
    assert send(admin, desk, f"{path}/restore", version=version).status_code == 303
    assert "可用" in words(admin.get(path))


def test_an_unknown_action_or_message_is_not_found(admin: httpx.Client, desk: PagesDesk) -> None:
    assert send(admin, desk, "/messages/none/explode", version="1").status_code == 404
    assert send(admin, desk, "/messages/none/recall", version="1").status_code == 404
    assert send(admin, desk, f"/messages/{message(desk).id}/recall").status_code == 422
    assert admin.get("/messages/none").status_code == 404
    assert admin.get("/messages/none/edit").status_code == 404


def test_the_address_of_the_asset_leads_here(admin: httpx.Client, desk: PagesDesk) -> None:
    made = message(desk)
    answer = admin.get(f"/assets/{made.id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/messages/{made.id}")


# The case


def test_a_case_shows_what_may_be_said_why_and_what_not_to_say(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    made = message(desk)
    page = admin.get(f"/cases/{desk.open_case}")
    told = words(page)
    for part in (
        "可用口径 已双审",
        "新滤网气味说明 v1",
        "场景：产品质量",
        "共同词：滤网、刺鼻、味道",
        SMELL_BODY["statement"],
        SMELL_BODY["variants"][1]["text"],
        "别家也这样",
    ):
        assert part in told
    assert f'href="/messages/{made.id}"' in page.text
    assert "写一条口径" not in told


def test_a_use_is_recorded_once_however_often_the_button_is_pressed(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    made = message(desk)
    first = use(admin, desk, made, place="https://weibo.example.cn/1")
    assert use(admin, desk, made, place="https://weibo.example.cn/1").headers == first.headers
    (kept,) = stored(desk, MessageUse)
    assert first.headers["location"] == f"/cases/{desk.open_case}?used={kept.id}"
    page = admin.get(first.headers["location"])
    told = words(page)
    assert "已记录使用《新滤网气味说明》第 1 版（微博版）。" in told
    assert f"{SMELL_BODY['variants'][0]['text']}</textarea>" in page.text
    assert f'action="/cases/{desk.open_case}/respond"' in page.text
    assert "林admin 使用了口径《新滤网气味说明》第 1 版（微博版），用于：https://weibo" in told
    assert 'href="https://weibo.example.cn/1"' in page.text
    assert desk.case(desk.open_case).state == "open"
    assert "净化器" in words(admin.get(f"/messages/{made.id}"))
    assert "近 30 天用过 1 次" in words(admin.get("/messages"))


def test_what_was_copied_already_is_not_asked_to_be_copied(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    done = use(admin, desk, message(desk), copied="1")
    page = admin.get(done.headers["location"])
    assert "已复制，并记录使用了" in words(page)
    assert "要复制的文字" not in page.text


def test_a_version_that_was_replaced_meanwhile_is_refused_with_the_newer_one_shown(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    made = message(desk)
    new_version(desk.service.records, desk.service.clock, made.id, statement="滤网的新说法。")
    approve(desk.service.records, desk.service.clock, made.id)
    answer = use(admin, desk, made)
    assert answer.status_code == 409
    assert "已经换成第 2 版" in words(answer)
    assert "滤网的新说法。" in words(answer)
    assert stored(desk, MessageUse) == []


def test_a_draft_or_a_wrong_variant_is_refused_with_the_reason(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    made = draft(desk)
    refused = use(admin, desk, made, version_id=str(made.current_version_id))
    assert refused.status_code == 422
    assert "现在不能用" in words(refused)
    assert use(admin, desk, message(desk), variant="fax").status_code == 422
    assert use(admin, desk, made, asset_id="none").status_code == 404
    assert stored(desk, MessageUse) == []


def test_reviewers_read_the_answers_but_do_not_use_them(as_role: AsRole, desk: PagesDesk) -> None:
    made = message(desk)
    client = as_role("legal")
    page = client.get(f"/cases/{desk.open_case}").text
    assert "新滤网气味说明" in page
    assert f"/cases/{desk.open_case}/uses" not in page
    given = {"asset_id": made.id, "version_id": str(made.published_version_id)}
    path = f"/cases/{desk.open_case}/uses"
    assert send(client, desk, path, "legal", **given).status_code == 403


def test_a_closed_case_proposes_nothing(admin: httpx.Client, desk: PagesDesk) -> None:
    message(desk, "客服致歉", "service", body={"keywords": ["客服", "没人接"]})
    assert "可用口径" not in admin.get(f"/cases/{desk.closed_case}").text


def test_nothing_that_is_written_can_run(admin: httpx.Client, desk: PagesDesk) -> None:
    body = {
        "statement": HOSTILE,
        "variants": [{"channel": "weibo", "text": HOSTILE}],
        "do_not_say": [HOSTILE],
        "steps": [HOSTILE],
        "contacts": [{"name": HOSTILE}],
        "keywords": ["刺鼻", "滤网", HOSTILE],
    }
    made = message(desk, HOSTILE, body=body)
    use(admin, desk, made, place='javascript:alert(1)//"><script>')
    for path in (
        "/messages",
        f"/messages/{made.id}",
        f"/messages/{made.id}/edit",
        f"/cases/{desk.open_case}",
    ):
        page = admin.get(path).text
        assert HOSTILE not in page
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page
