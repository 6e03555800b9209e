"""Rows of MediaCrawler's exports become mentions; comments join the posts they belong to."""

from datetime import UTC, datetime
from typing import Any, Final

from core.errors import InvalidInput
from crawlers.importing.context import Context, Entry
from crawlers.importing.forms import (
    Form,
    filled,
    id_columns,
    is_about_creators,
    named_with_sheet,
    recognise,
)
from crawlers.importing.parents import Parents, headline
from crawlers.importing.rows import Row
from crawlers.importing.values import count_of, id_of, moment_of, name_of, text_of, url_of
from crawlers.raw import RawMention
from storage.mentions import Engagement, Kind

ROUNDED: Final = "编号被表格软件按 15 位数字取整，已不可靠，没有使用；请导入原始的 JSONL 或 CSV"
NO_PARENT: Final = "找不到评论所属的内容，没有标题；请把内容文件和评论文件一起导入"
UNKNOWN: Final = "这一行的列不像 MediaCrawler 的内容或评论。"
_MOST_SHAPES: Final = 1000
_CRAWLED: Final = "last_modify_ts"


class MediaRows:
    """Reads rows of any of the forms; *name* is the file's path, *parents* are the posts so far."""

    def __init__(self, name: str, context: Context, parents: Parents) -> None:
        self._name, self._context, self._parents = name, context, parents
        self._forms: dict[tuple[str, tuple[str, ...]], Form | None] = {}

    def form(self, row: Row) -> Form | None:
        """Return the form of a row, by its columns."""
        shape = row.sheet, tuple(row.cells)
        if shape not in self._forms:
            if len(self._forms) >= _MOST_SHAPES:
                self._forms.clear()
            self._forms[shape] = recognise(row.cells, named_with_sheet(self._name, row.sheet))
        return self._forms[shape]

    def remember(self, row: Row) -> None:
        """Keep a post for the comments on it; any other row is passed over."""
        form = None if row.fault else self.form(row)
        if form is None or form.of != "contents":
            return
        ids = {column: id_of(row.cells.get(column)).text for column in id_columns(form)}
        key = filled(form.native_id, ids)
        if key:
            try:
                title, text = _first_text(row, form.title), _first_text(row, form.text)
            except InvalidInput:
                return
            keyword = name_of(row.cells.get("source_keyword"))
            self._parents.add(
                form.platform, key, _url(row, form, ids), headline(title, text, keyword)
            )

    def read(self, row: Row) -> Entry:
        """Return what becomes of *row*."""
        if row.fault:
            return Entry(row.number, row.sheet, reason=row.fault)
        form = self.form(row)
        if form is None:
            if is_about_creators(row.cells):
                return Entry(row.number, row.sheet, ignored=True)
            return Entry(row.number, row.sheet, reason=UNKNOWN)
        try:
            mention, remarks = self._mention(row, form)
        except InvalidInput as error:
            return Entry(row.number, row.sheet, reason=str(error))
        return Entry(row.number, row.sheet, mention, form.source_type, remarks=remarks)

    def _mention(self, row: Row, form: Form) -> tuple[RawMention, tuple[str, ...]]:
        cells = row.cells
        text = _first_text(row, form.text)
        if not text:
            raise InvalidInput(f"没有正文（{'、'.join(form.text)}）。", field="text")
        found = {column: id_of(cells.get(column)) for column in id_columns(form)}
        ids = {column: each.text for column, each in found.items() if not each.lost}
        remarks = [ROUNDED] if any(each.lost for each in found.values()) else []
        url, title = _url(row, form, ids), _first_text(row, form.title)
        if form.of == "comments":
            parent = self._parents.get(form.platform, filled(form.parent, ids))
            if parent is None:
                remarks.append(NO_PARENT)
            else:
                url, title = url or parent[0], parent[1]
                # The post's own address opens it; one that was made of its id may not.
                if not _own_url(row, form):
                    url = parent[0] or url
        mention = RawMention(
            platform=form.platform,
            text=text,
            detected_at=self._context.now,
            native_id=filled(form.native_id, ids) or None,
            url=url,
            kind=_kind(row, form),
            title=title.replace("\n", " "),
            author=self._author(row, form),
            published_at=self._published_at(row, form),
            engagement=Engagement(
                **{name: count_of(cells.get(column)) for name, column in form.counts.items()}
            ),
            row=row.number,
        )
        return mention, tuple(remarks)

    def _author(self, row: Row, form: Form) -> str | None:
        names = (name_of(row.cells.get(column)) for column in form.author)
        return self._context.mask(next((name for name in names if name), "")) or None

    def _published_at(self, row: Row, form: Form) -> datetime | None:
        now, zone = self._context.now, self._context.zone
        crawled = moment_of(row.cells.get(_CRAWLED), seen_at=now, now=now, zone=zone)
        seen_at = crawled or now
        for each in form.published_at:
            late = each.late_s if crawled and crawled.timestamp() < each.late_until else 0.0
            moment = moment_of(
                row.cells.get(each.column), seen_at=seen_at, now=now, zone=zone, late_s=late
            )
            if moment is not None:
                return moment.astimezone(UTC)
        return None


def _first_text(row: Row, columns: tuple[str, ...]) -> str:
    for column in columns:
        text = text_of(row.cells.get(column), column)
        if any(letter.isprintable() and not letter.isspace() for letter in text):
            return text
    return ""


def _own_url(row: Row, form: Form) -> str | None:
    return next((url for column in form.url if (url := url_of(row.cells.get(column)))), None)


def _url(row: Row, form: Form, ids: dict[str, str]) -> str | None:
    return _own_url(row, form) or filled(form.url_from_id, ids) or None


def _kind(row: Row, form: Form) -> Kind:
    told: Any = row.cells.get(form.kind_column) if form.kind_column else None
    return form.kinds.get(told, form.kind) if isinstance(told, str) else form.kind
