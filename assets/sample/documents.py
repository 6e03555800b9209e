"""Writes the sample's office documents and texts, as people of the invented company would have."""

from collections.abc import Callable, Mapping
from importlib import resources
from io import BytesIO
from typing import Final

from assets.sample.pictures import draw_picture

_TEXTS: Final = "texts"


def make_file(made: str) -> bytes:
    """Return the content that *made* names: ``picture:NAME``, ``document:NAME`` or ``file:NAME``.

    Raises ``KeyError`` for a name that nothing is made of.
    """
    kind, _, name = made.partition(":")
    if kind == "picture":
        return draw_picture(name)
    if kind == "file":
        return resources.files("assets.sample").joinpath("files", name).read_bytes()
    return _DOCUMENTS[name]()


def _evidence_report() -> bytes:
    from docx import Document

    document = Document()
    document.add_heading("检测报告", 0)
    document.add_paragraph("江城家电检测研究院（虚构机构，示例用）　报告编号 JC-2026-0917")
    for name, value in (
        ("委托单位", "星澜科技"),
        ("样品名称", "空气净化器 S3，标准滤芯"),
        ("样品数量", "三台，委托方送样，封样完好"),
        ("检测依据", "家用空气净化器国家标准，三十立方米测试舱"),
        ("报告有效期", "自签发之日起十二个月"),
    ):
        document.add_paragraph(f"{name}：{value}")
    document.add_heading("一、检测结果", 1)
    rows = [
        ("项目", "样品一", "样品二", "样品三", "平均"),
        ("颗粒物洁净空气量（立方米每小时）", "481", "479", "480", "480"),
        ("甲醛洁净空气量（立方米每小时）", "212", "208", "210", "210"),
        ("甲醛去除率，60 分钟", "92.3%", "91.8%", "92.1%", "92.1%"),
        ("噪声，睡眠挡（分贝）", "26", "26", "27", "26"),
        ("臭氧浓度，开机 4 小时", "未检出", "未检出", "未检出", "未检出"),
        ("新滤芯气味强度，静置 48 小时（级）", "1", "1", "2", "1.3"),
    ]
    table = document.add_table(rows=0, cols=5)
    table.style = "Light Grid Accent 1"
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_heading("二、说明", 1)
    document.add_paragraph("结果只对来样负责。引用数据时应写明报告编号、检测条件与样品型号。")
    document.add_paragraph("主检：陆衡　审核：许一舟　批准：罗敬亭")
    return _saved(document.save)


def _press_template() -> bytes:
    from docx import Document

    document = Document()
    document.add_heading("【标题：谁做了什么，二十字以内】", 0)
    for name, hint in (
        ("导语", "时间、地点、事实、意义，一段话，八十字以内。不写形容词。"),
        ("事实", "两到三段。每个数字都写出处：报告编号、机构、日期。"),
        ("引语", "一段，来自具名的负责人，说用户得到什么，不与同行比较。"),
        ("背景", "星澜科技二〇一六年创立于江城，从事空气净化器与扫地机的研发和服务。"),
        ("联系人", "姓名、电话、邮箱；可提供的图片在资产库“图片与视频”。"),
    ):
        document.add_heading(name, 1)
        document.add_paragraph(hint)
    return _saved(document.save)


def _double_twelve() -> bytes:
    from docx import Document

    document = Document()
    document.add_heading("星澜双十二主推文案 第一稿", 0)
    for line in (
        "全网最低价！星澜净化器S3，净化器第一品牌的诚意之作。",
        "国家级实验室认证，除醛率百分百安全，孩子再也不过敏。",
        "碾压同行的续航，错过再等一年，明天涨价！",
        "星澜扫地机R5：行业领先的避障，九成用户都说好。",
    ):
        document.add_paragraph(line)
    document.add_paragraph("代理公司备注：请先过一遍用语。")
    return _saved(document.save)


def _slides_template() -> bytes:
    from pptx import Presentation
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Emu, Pt

    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(12_192_000), Emu(6_858_000)
    for title, text in (
        ("标题页：一句话说清楚", "汇报人　部门　日期"),
        ("目录", "一、现状　二、问题　三、做法　四、需要的支持"),
        ("正文：一页一个结论", "标题写结论，图表写出处；正文不超过六行，字号不小于 18。"),
        ("数据页", "图表用星澜蓝与浅澜，重点只用一种颜色。"),
        ("结束页", "下一步：谁在什么时候完成什么。"),
    ):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        for words, top, size in ((title, 700_000, 36), (text, 2_000_000, 20)):
            box = slide.shapes.add_textbox(Emu(800_000), Emu(top), Emu(10_000_000), Emu(900_000))
            run = box.text_frame.paragraphs[0].add_run()
            run.text, run.font.size = words, Pt(size)
            run.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    return _saved(deck.save)


def _price_table() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "渠道价格"
    for row in (
        ("型号", "标价（元）", "活动下限（元）", "适用渠道", "含备用滤芯"),
        ("净化器 S3", 2299, 1999, "旗舰店、体验店", "是"),
        ("净化器 S3 直播款", 2099, 1899, "直播间", "否"),
        ("净化器 X1", 1699, 1499, "旗舰店、体验店、经销商", "是"),
        ("扫地机 R5", 2599, 2299, "旗舰店、体验店", "不适用"),
        ("标准滤芯", 260, 220, "全部渠道", "不适用"),
        ("边刷（一对）", 9.9, 9.9, "全部渠道", "不适用"),
    ):
        sheet.append(row)
    rules = book.create_sheet("说明")
    for line in ("低于活动下限须经周航批准。", "经销商不得跨区域发货。", "每月一日更新。"):
        rules.append((line,))
    return _saved(book.save)


def _text(name: str) -> Callable[[], bytes]:
    return lambda: resources.files("assets.sample").joinpath(_TEXTS, f"{name}.txt").read_bytes()


def _saved(save: Callable[[BytesIO], None]) -> bytes:
    out = BytesIO()
    save(out)
    return out.getvalue()


_DOCUMENTS: Final[Mapping[str, Callable[[], bytes]]] = {
    "evidence-report": _evidence_report,
    "press-template": _press_template,
    "double-twelve": _double_twelve,
    "slides-template": _slides_template,
    "price-table": _price_table,
    "glossary": _text("glossary"),
    "winter-page": _text("winter-page"),
    "live-script": _text("live-script"),
}
