"""The library as its pages show it: found, used, limited, proved, sent in and sent for review."""

import re
from datetime import timedelta

import httpx
import pytest
from pages_desk import AsRole, PagesDesk
from pages_library import HOSTILE_TITLE, WRITER, PagesLibrary, picture

from assets import library, rights
from storage.records.library import Asset, Review

PATHS = (
    "/assets",
    "/assets?view=list",
    "/assets?q=最小宽度",
    "/assets?q=没有这个词",
    "/assets?q=(标志 OR",
    "/assets?kind=guideline&state=published&brand=brand_own&tag=手册",
    "/assets?channel=xiaohongshu&month=2026-12",
    "/assets?kind=bogus&month=2026-99&cursor=",
    "/assets/new",
    "/assets/{handbook}",
    "/assets/{handbook}?page=2&q=最小宽度",
    "/assets/{handbook}?page=99&v=7",
    "/assets/{poster}?channel=douyin&on=2026-12-01",
    "/assets/{poster}?do=right",
    "/assets/{hostile}",
    "/assets/{recalled}",
    "/assets/{forbidden}",
    "/assets/{poster}/edit",
    "/assets/nowhere",
)


@pytest.fixture
def editor(shelf: PagesLibrary, as_role: AsRole) -> httpx.Client:
    return as_role("brand_manager")


def post(client: httpx.Client, path: str, **fields: object) -> httpx.Response:
    return client.post(path, data={"csrf": "csrf-brand_manager", **fields})


def card_of(page: str, title: str) -> str:
    """The card of the asset called *title*."""
    cards = re.findall(r"<article.*?</article>", page, re.S)
    return next(card for card in cards if f">{title}<" in card)


def state_of(shelf: PagesLibrary, asset_id: str) -> str:
    with shelf.desk.service.records.read() as session:
        return session.get_one(Asset, asset_id).state


def test_every_page_renders_and_escapes_what_people_wrote(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    for path in PATHS:
        answer = editor.get(path.format_map(vars(shelf)))
        assert answer.status_code in {200, 404, 422}, path
        assert answer.text.count("<h1") == 1, path
        assert HOSTILE_TITLE not in answer.text, path
        assert "style=" not in answer.text, path


def test_a_card_says_what_it_is_and_whether_it_may_be_used(editor: httpx.Client) -> None:
    page = editor.get("/assets").text
    assert "手册 · PDF 3 页" in card_of(page, "星澜科技 VI 手册 2026")
    poster = card_of(page, "门店海报 冬季")
    assert "图片 · 640×360" in poster
    assert "授权 07-13 到期" in poster
    assert "已召回" in card_of(page, "代言人 棚拍 07")
    assert "审核中" in card_of(page, "双十二文案")


def test_kinds_are_counted_and_a_chosen_one_still_tells_of_the_others(
    editor: httpx.Client,
) -> None:
    page = editor.get("/assets?kind=media").text
    assert "手册 <span>5</span>" in page
    assert "双十二文案" not in page


def test_a_word_inside_a_file_is_found_on_its_page(editor: httpx.Client) -> None:
    page = editor.get("/assets", params={"q": "最小宽度"}).text
    card = card_of(page, "星澜科技 VI 手册 2026")
    assert "第 2 页" in card
    assert "<b" in card
    assert "门店海报" not in page


def test_what_may_be_used_somewhere_at_the_end_of_a_month_is_found(editor: httpx.Client) -> None:
    now = editor.get("/assets?channel=xiaohongshu").text
    assert "门店海报 冬季" in now
    assert "门店海报 冬季" not in editor.get("/assets?channel=douyin").text
    later = editor.get("/assets?channel=xiaohongshu&month=2026-08").text
    assert "门店海报 冬季" not in later
    assert "可用于：小红书 · 2026 年 8 月底" in later


def test_a_wrong_query_is_shown_at_its_place(editor: httpx.Client) -> None:
    answer = editor.get("/assets", params={"q": "标志 kind:bogus"})
    assert answer.status_code == 422
    assert "query-error" in answer.text


def test_an_empty_library_says_what_to_do(desk: PagesDesk, as_role: AsRole) -> None:
    assert "上传第一个文件" in as_role("brand_manager").get("/assets").text
    assert "/assets/new" not in as_role("agency").get("/assets").text


def test_pages_of_a_gallery_hold_each_asset_once(shelf: PagesLibrary, editor: httpx.Client) -> None:
    upload = picture("#17786a", (8, 300))
    for number in range(24):
        shelf.add(f"{number}.png", upload, title=f"小图 {number}")
    shelf.index()
    first = editor.get("/assets").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = editor.get(following[1].replace("&amp;", "&")).text
    ids = re.findall(r'class="asset-title" href="/assets/(\w+)"', first + second)
    assert len(ids) == len(set(ids)) == 31
    assert "回到第一页" in second


def test_an_agency_sees_what_may_be_used_and_nothing_else(
    shelf: PagesLibrary, as_role: AsRole
) -> None:
    agency = as_role("agency")
    page = agency.get("/assets").text
    assert "星澜科技 VI 手册 2026" in page
    for hidden in ("代言人 棚拍 07", "卖点草稿", "双十二文案"):
        assert hidden not in page
    assert "全部 <span>3</span>" in page
    for asset_id in (shelf.recalled, shelf.draft, shelf.waiting):
        assert agency.get(f"/assets/{asset_id}").status_code == 404
    shown = agency.get(f"/assets/{shelf.handbook}").text
    for inner in ("经过", "用语检查", "添加授权", "编辑"):
        assert inner not in shown
    assert agency.get("/").headers["location"] == "/assets"
    assert agency.get("/assets/new").status_code == 403


def test_the_page_tells_outsiders_neither_newer_versions_nor_proofs_that_are_drafts(
    shelf: PagesLibrary, as_role: AsRole, desk: PagesDesk
) -> None:
    service = desk.service
    with service.records.write() as session:
        rights.add_evidence(
            session,
            shelf.handbook,
            library.asset_of(session, shelf.handbook).version,
            actor=WRITER,
            clock=service.clock,
            ids=service.ids,
            claim="行业领先",
            issuer="星海研究院",
            file_asset_id=shelf.draft,
        )
    done = shelf.take("第二版.txt", "第二版的手册。".encode())
    with service.records.write() as session:
        library.add_version(
            session,
            shelf.handbook,
            library.asset_of(session, shelf.handbook).version,
            actor=WRITER,
            clock=service.clock,
            ids=service.ids,
            upload=done,
        )
    for role in ("agency", "researcher"):
        shown = as_role(role).get(f"/assets/{shelf.handbook}").text
        assert "行业领先" in shown
        assert "卖点草稿" not in shown
        assert "第 2 版" not in shown
    manager = as_role("brand_manager").get(f"/assets/{shelf.handbook}").text
    assert "卖点草稿" in manager
    assert "第 2 版" in manager


def test_the_page_of_an_asset_answers_whether_it_may_be_used_there(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    day = (shelf.today() + timedelta(days=5)).isoformat()
    good = editor.get(f"/assets/{shelf.poster}", params={"channel": "wechat", "on": day}).text
    assert f"{day} 可以用在微信" in good
    bad = editor.get(f"/assets/{shelf.poster}", params={"channel": "douyin", "on": day}).text
    assert f"{day} 不能用在抖音" in bad
    assert "“模特肖像”的授权不含抖音" in bad
    late = (shelf.today() + timedelta(days=30)).isoformat()
    over = editor.get(f"/assets/{shelf.poster}", params={"channel": "wechat", "on": late}).text
    assert "续约后才能使用" in over


def test_a_page_of_a_file_shows_its_picture_and_its_text_with_the_words_marked(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    page = editor.get(f"/assets/{shelf.handbook}?page=2&q=最小宽度").text
    assert f"/assets/{shelf.handbook}/renditions/page-2?version=1" in page
    assert '<b class="hit">最小宽度</b>' in page
    shown = editor.get(f"/assets/{shelf.handbook}/renditions/page-2?version=1")
    assert shown.headers["content-type"] == "image/webp"


def test_forbidden_words_are_boxed_with_the_law_and_stop_the_review(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    page = editor.get(f"/assets/{shelf.forbidden}").text
    assert '<mark class="flagged is-block">国家级</mark>' in page
    assert "《广告法》" in page
    assert "不构成法律意见" in page
    version = shelf.version_of(shelf.forbidden)
    answer = post(editor, f"/assets/{shelf.forbidden}/submit", version=version)
    assert answer.status_code == 422
    assert "国家级" in answer.text
    assert state_of(shelf, shelf.forbidden) == "draft"


def test_an_editor_sends_for_review_withdraws_recalls_and_restores(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    draft = f"/assets/{shelf.draft}"
    sent = post(editor, f"{draft}/submit", version=shelf.version_of(shelf.draft), note="急")
    assert sent.headers["location"] == f"{draft}?done=submit"
    assert state_of(shelf, shelf.draft) == "in_review"
    with shelf.desk.service.records.read() as session:
        review = session.query(Review).filter_by(asset_id=shelf.draft).one()
    post(editor, f"{draft}/withdraw", review=review.id, version=review.version)
    assert state_of(shelf, shelf.draft) == "draft"
    handbook = f"/assets/{shelf.handbook}"
    version = shelf.version_of(shelf.handbook)
    unsaid = post(editor, f"{handbook}/recall", version=version, reason=" ")
    assert unsaid.status_code == 422
    assert "请写明召回的原因" in unsaid.text
    post(editor, f"{handbook}/recall", version=version, reason="标志换了")
    assert "已召回：标志换了" in editor.get(handbook).text
    post(editor, f"{handbook}/restore", version=shelf.version_of(shelf.handbook))
    assert state_of(shelf, shelf.handbook) == "published"


def test_rights_and_evidence_are_added_and_removed(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    path = f"/assets/{shelf.draft}"
    post(
        editor,
        f"{path}/right",
        version=shelf.version_of(shelf.draft),
        subject="标题字体",
        channels=["weibo", "offline"],
        valid_until="2026-12-31",
    )
    page = editor.get(path).text
    assert "标题字体" in page
    assert "微博、线下门店" in page.replace("\n", "")
    post(
        editor,
        f"{path}/evidence",
        version=shelf.version_of(shelf.draft),
        claim="省电",
        issuer="检测院",
        proved_until="2027-01-31",
    )
    assert "到 2027-01-31" in editor.get(path).text
    wrong = post(editor, f"{path}/evidence", version=shelf.version_of(shelf.draft), claim="省电")
    assert wrong.status_code == 422
    assert "请写明证据由谁出具" in wrong.text
    odd = post(
        editor,
        f"{path}/right",
        version=shelf.version_of(shelf.draft),
        subject="字体",
        valid_until="明天",
    )
    assert odd.status_code == 422
    right = re.search(r'name="id" value="(right_\w+)"', editor.get(path).text)
    assert right
    removed = post(
        editor, f"{path}/right-removed", version=shelf.version_of(shelf.draft), id=right[1]
    )
    assert removed.status_code == 303
    assert "微博、线下门店" not in editor.get(path).text.replace("\n", "")


def test_a_stale_form_comes_back_with_what_was_written(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    path = f"/assets/{shelf.draft}/edit"
    fields = {"title": "新标题", "description": "说明", "tags": "甲，乙、甲"}
    version = shelf.version_of(shelf.draft)
    assert post(editor, path, version=version, **fields).status_code == 303
    again = post(editor, path, version=version, **fields | {"title": "又一个"})
    assert again.status_code == 409
    assert 'value="又一个"' in again.text
    page = editor.get(f"/assets/{shelf.draft}").text
    assert "新标题" in page
    assert page.count('class="chip" href="/assets?tag=') == 2


def test_a_file_comes_in_by_the_plain_form_and_becomes_an_asset(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    sent = editor.post(
        "/assets/upload?csrf=csrf-brand_manager",
        files={"file": ("夏季_主视觉.png", picture("#9a6700"), "image/png")},
    )
    form = editor.get(sent.headers["location"])
    assert 'value="夏季 主视觉"' in form.text
    assert '<option value="media" selected>' in form.text
    upload = sent.headers["location"].rpartition("=")[2]
    untitled = post(editor, "/assets/new", upload=upload, kind="media", title="")
    assert untitled.status_code == 422
    assert "请写一个标题" in untitled.text
    made = post(editor, "/assets/new", upload=upload, kind="media", title="夏季主视觉")
    page = editor.get(made.headers["location"]).text
    assert "正在读取这个文件" in page
    assert "data-reading" in page
    shelf.work()
    assert "data-reading" not in editor.get(made.headers["location"]).text
    assert "夏季主视觉" in editor.get("/assets?q=xiaji").text


def test_a_new_version_stands_beside_the_published_one(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    sent = editor.post(
        f"/assets/upload?csrf=csrf-brand_manager&for={shelf.poster}",
        files={"file": ("v2.png", picture("#17786a"), "image/png")},
    )
    where = sent.headers["location"]
    form = editor.get(where).text
    assert "作为“门店海报 冬季”的新版本" in form
    upload = re.search(r"upload=(\w+)", where)
    assert upload
    fields = {"upload": upload[1], "for": shelf.poster, "note": "换了底色"}
    version = shelf.version_of(shelf.poster)
    made = post(editor, "/assets/new", version=version, **fields)
    assert made.status_code == 303
    shelf.work()
    page = editor.get(f"/assets/{shelf.poster}").text
    assert "第 2 版草稿" in page
    assert "换了底色" in page
    assert "renditions/preview?version=2" in editor.get(f"/assets/{shelf.poster}?v=2").text


def test_nobody_uses_the_upload_of_another(shelf: PagesLibrary, as_role: AsRole) -> None:
    done = shelf.take("x.png", picture("#ffffff"))
    assert as_role("director").get(f"/assets/new?upload={done.id}").status_code == 404


def test_a_form_without_its_token_changes_nothing(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    answer = editor.post(
        f"/assets/{shelf.handbook}/recall",
        data={"csrf": "wrong", "version": "1", "reason": "x"},
    )
    assert answer.status_code == 403
    assert state_of(shelf, shelf.handbook) == "published"


def test_today_tells_what_runs_out(shelf: PagesLibrary, as_role: AsRole) -> None:
    page = as_role("brand_manager").get("/").text
    assert "门店海报 冬季" in page
    assert "07-13 到期" in page
    assert "07-13 到期" not in as_role("researcher").get("/").text
