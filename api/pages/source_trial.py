"""What a trial of a source found, as the form shows it under its fields."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request

from api.pages.i18n import _
from api.pages.parts import Chip, Notice
from api.pages.source_form import SourceForm
from api.pages.times import Moment, Times
from api.trying import try_given
from api.wiring import Service
from crawlers.trial import Trial, TriedItem

_SHOWN: Final = 30
_LONGEST_TEXT: Final = 240


@dataclass(frozen=True)
class TriedLine:
    """One item: what it is, and whether it would be kept and why."""

    title: str
    text: str
    url: str
    author: str
    published: Moment | None
    kind: str
    chip: Chip
    why: str


@dataclass(frozen=True)
class TrialView:
    """The result in one notice, and the first items."""

    notice: Notice
    lines: tuple[TriedLine, ...]
    more: int


def tried(request: Request, opened: Service, form: SourceForm) -> TrialView:
    """Crawl what *form* says and return what came of it. Raises ``InvalidInput`` and ``Busy``."""
    trial = try_given(opened, request.app.state.trials, form.checked(), form.id)
    return trial_view(trial, Times(opened.clock.now(), opened.zone))


def trial_view(trial: Trial, times: Times) -> TrialView:
    """Return how *trial* is shown."""
    return TrialView(
        _notice(trial),
        tuple(_line(item, times) for item in trial.items[:_SHOWN]),
        max(0, len(trial.items) - _SHOWN),
    )


def _notice(trial: Trial) -> Notice:
    kept = sum(item.kept for item in trial.items)
    found = _(
        "读了 %(pages)s 页，找到 %(items)s 条，其中 %(kept)s 条会入库。什么也没有保存。",
        pages=trial.pages,
        items=len(trial.items),
        kept=kept,
    )
    more = [each for each in (trial.hint, trial.error) if each]
    if trial.status == "error" and not trial.items:
        return Notice(_("没有采到内容。"), "bad", tuple(more))
    if not trial.complete:
        more.append(_("试采最多 10 页、20 秒，正式采集会接着读完。"))
    return Notice(found, "good" if kept else "soon", tuple(more))


def _line(item: TriedItem, times: Times) -> TriedLine:
    text = item.text if len(item.text) <= _LONGEST_TEXT else item.text[:_LONGEST_TEXT] + "…"
    kinds = {"comment": _("评论"), "article": _("文章"), "review": _("评价")}
    return TriedLine(
        title=item.title,
        text=text,
        url=item.url or "",
        author=item.author or "",
        published=times.moment(item.published_at) if item.published_at else None,
        kind=kinds.get(item.kind, _("帖子")),
        chip=Chip(_("会入库"), "good") if item.kept else Chip(_("不入库")),
        why=item.why,
    )
