"""The figures of a report as rows of a table, each with its definition."""

from collections.abc import Iterator
from datetime import timedelta

from alerts.kpi import Spread
from api.csv_file import Cell
from api.pages.i18n import _, pgettext, translate
from api.pages.report_accuracy import accuracy_rows
from api.report import Report
from assets.words import KINDS

Row = tuple[Cell, ...]


def report_rows(report: Report, before: Report) -> Iterator[Row]:
    """Yield the header, the figures with those of the period before, weeks, and breaches.

    Lengths are in hours, rates from 0 to 1.
    """
    yield (_("指标"), _("本期"), _("上一期"), _("单位"), _("口径"))
    yield (_("开始日期"), report.period.first.isoformat(), before.period.first.isoformat(), "", "")
    yield (_("结束日期"), report.period.last.isoformat(), before.period.last.isoformat(), "", "")
    yield from _case_rows(report, before)
    yield from _mention_rows(report, before)
    yield from _asset_rows(report, before)
    yield from accuracy_rows(report, before)
    yield ()
    yield (_("每周末"), _("已发布资产"))
    for week in report.growth.weeks:
        yield (week.start.date().isoformat(), sum(week.stock.values()))
    yield ()
    yield (_("超时的事件"), _("时限"), _("晚了（小时）"), _("负责人"), _("编号"))
    for each in report.figures.breaches:
        clock = _("首次响应") if each.clock == "response" else pgettext("clock", "办结")
        yield (each.case.title, clock, _hours(each.by), each.case.owner, each.case.id)


def _case_rows(report: Report, before: Report) -> Iterator[Row]:
    now, past, piece = report.figures, before.figures, _("件")
    told = _("发现后 24 小时内办结或排除的，占已关闭和已满 24 小时的")
    yield (_("24 小时处理率"), _share(now.handled_rate), _share(past.handled_rate), "", told)
    yield (_("按发现日期的事件"), now.total, past.total, piece, "")
    yield (_("24 小时内办结"), now.in_time, past.in_time, piece, "")
    yield (_("超过 24 小时"), now.late, past.late, piece, "")
    yield (_("未到期"), now.not_due, past.not_due, piece, _("不满 24 小时，不计入处理率"))
    yield from _spread_rows(_("首次响应"), now.response, past.response)
    yield from _spread_rows(pgettext("clock", "办结"), now.resolution, past.resolution)
    wrong = _("排除的占关闭的")
    yield (
        _("误报率"),
        _share(now.false_positive_rate),
        _share(past.false_positive_rate),
        "",
        wrong,
    )
    yield (_("现在的积压"), report.backlog.count, None, piece, _("导出时还没有办结的"))


def _mention_rows(report: Report, before: Report) -> Iterator[Row]:
    now, past, piece = report.said, before.said, _("条")
    sided = _("正面占正面与负面之和，按对自己品牌的态度")
    yield (_("舆情正向率"), _share(now.positive_rate), _share(past.positive_rate), "", sided)
    share = _("正面占全部提及")
    yield (_("正面占比"), _share(now.positive_share), _share(past.positive_share), "", share)
    yield (_("正面"), now.positive, past.positive, piece, "")
    yield (_("中性"), now.neutral, past.neutral, piece, "")
    yield (_("负面"), now.negative, past.negative, piece, "")
    for brand in report.brands:
        found, total = _share(brand.said.positive_rate), _("%(n)s 条", n=brand.said.total)
        yield (_("舆情正向率 %(name)s", name=brand.name), found, None, "", total)


def _asset_rows(report: Report, before: Report) -> Iterator[Row]:
    now, past, piece = report.growth, before.growth, _("件")
    yield (_("品牌资产沉淀量"), now.total, past.total, piece, _("期末已发布的资产"))
    yield (_("本期新发布"), now.added, past.added, piece, _("第一次发布在本期的"))
    for kind, name in KINDS.items():
        row = (now.stock.get(kind, 0), past.stock.get(kind, 0), piece, "")
        yield (_("已发布 %(name)s", name=translate(name)), *row)
    used = [sum(each.times for each in one.messages) for one in (report, before)]
    yield (_("使用话术"), used[0], used[1], _("次"), "")


def _spread_rows(name: str, now: Spread, past: Spread) -> Iterator[Row]:
    unit = _("小时")
    yield (_("%(name)s中位数", name=name), _hours(now.median), _hours(past.median), unit, "")
    nine = _("九成的事件不超过此值")
    yield (_("%(name)s九成不超过", name=name), _hours(now.p90), _hours(past.p90), unit, nine)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _hours(value: timedelta | None) -> float | None:
    return None if value is None else round(value.total_seconds() / 3600, 2)
