"""How often the engine's labels were right, and what it learned, as a report shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.csv_file import Cell
from api.pages.i18n import _
from api.pages.report_words import NONE, rate
from api.report import Report
from sentiment.correcting.accuracy import Accuracy
from sentiment.correcting.fitting import FEWEST_MARKS
from storage.records.marks import CalibrationFit


@dataclass(frozen=True)
class AccuracyLine:
    """One brand or source type: the rate of the checked ones with its interval, and the rest."""

    name: str
    checked: int
    rate: str
    interval: str
    corrected: int
    confirmed: int


@dataclass(frozen=True)
class FitLine:
    """One calibration: what it is for, what was found, and whether it is in use."""

    name: str
    says: str
    in_use: bool


def accuracy_lines(report: Report) -> list[AccuracyLine]:
    """Return over all, by brand and by source type; none where nobody marked anything."""
    return [_line(name, found) for name, found in _named(report)]


def fit_lines(fits: Sequence[CalibrationFit], brands: Mapping[str, str]) -> list[FitLine]:
    """Return the last calibration of each brand and source type in words."""
    types = type_names()
    return [
        FitLine(
            brands.get(fit.key, fit.key) if fit.scope == "brand" else types.get(fit.key, fit.key),
            _fit_says(fit),
            fit.in_use,
        )
        for fit in fits
    ]


def accuracy_rows(report: Report, before: Report) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of the export: for each name the rate, its interval, and the counts."""
    past = dict(_named(before))
    wilson = _("Wilson 区间，置信度百分之九十五")
    told = _("只算随机抽查的；改判和认可是顺手标的，不能推算到全部")
    for name, now in _named(report):
        old = past.get(name, Accuracy())
        low, high = now.interval or (None, None)
        was_low, was_high = old.interval or (None, None)
        for what, value, previous, unit, note in (
            (_("判断准确率"), _share(now.rate), _share(old.rate), "", told),
            (_("准确率下限"), _share(low), _share(was_low), "", wilson),
            (_("准确率上限"), _share(high), _share(was_high), "", wilson),
            (_("抽查"), now.checked, old.checked, _("条"), ""),
            (_("改判"), now.corrected, old.corrected, _("条"), ""),
            (_("认可"), now.confirmed, old.confirmed, _("条"), ""),
        ):
            yield (f"{what} {name}", value, previous, unit, note)


def type_names() -> dict[str, str]:
    """Return what source types are called; the empty one is of mentions without."""
    return {
        "weibo": _("微博一类的短帖"),
        "news": _("新闻"),
        "finance": _("财经"),
        "forum": _("论坛"),
        "review": _("评价"),
        "": _("来源类型不明"),
    }


def _named(report: Report) -> Iterator[tuple[str, Accuracy]]:
    found = report.accuracy
    brands = {brand.id: brand.name for brand in report.brands}
    if report.brand_id is None and found.whole.marks:
        yield _("全部"), found.whole
    for key, name in brands.items():
        if key in found.by_brand:
            yield name, found.by_brand[key]
    if report.brand_id is None:
        types = type_names()
        for key, each in found.by_type.items():
            yield types.get(key, key), each


def _line(name: str, found: Accuracy) -> AccuracyLine:
    interval = NONE
    if found.interval is not None:
        low, high = found.interval
        interval = f"{rate(low)}–{rate(high)}"
    return AccuracyLine(
        name, found.checked, rate(found.rate), interval, found.corrected, found.confirmed
    )


def _fit_says(fit: CalibrationFit) -> str:
    words = {
        "better": _("由 %(n)s 条标注校准，留出检验的准确率 %(a)s → %(b)s，使用中"),
        "loss_not_better": _("试过 %(n)s 条标注，留出检验没有明显变好（%(a)s → %(b)s），未采用"),
        "accuracy_worse": _("试过 %(n)s 条标注，留出检验的准确率变差（%(a)s → %(b)s），未采用"),
        "one_sided": _("%(n)s 条标注几乎都是改判，看不出机器判对的有多少；多做些抽查或认可再试"),
        "too_few": _("标注还不到 %(least)s 条"),
    }
    return words[fit.reason] % {
        "n": fit.marks,
        "a": rate(fit.figures.get("accuracy_before")),
        "b": rate(fit.figures.get("accuracy_after")),
        "least": FEWEST_MARKS,
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
