"""Rows of somebody's table become mentions, by a mapping of columns."""

from datetime import datetime

from core.errors import InvalidInput
from crawlers.importing.context import Context, Entry
from crawlers.importing.mapping import COUNTS, Columns, kind_named
from crawlers.importing.media_rows import ROUNDED
from crawlers.importing.platforms import platform_named, platform_of, source_type_of
from crawlers.importing.rows import Row
from crawlers.importing.values import (
    blank,
    count_of,
    id_of,
    moment_of,
    name_of,
    text_of,
    url_of,
)
from crawlers.raw import RawMention, SourceType
from storage.mentions import Engagement, Kind

_LONGEST_PLATFORM = 64
_KIND_OF: dict[SourceType | None, Kind] = {"news": "article", "review": "review"}


class ColumnRows:
    """Reads rows by *columns* (field → column); *platform* is taken where no cell tells one."""

    def __init__(self, columns: Columns, platform: str, context: Context) -> None:
        self._columns, self._platform, self._context = columns, platform, context

    def read(self, row: Row) -> Entry:
        """Return what becomes of *row*."""
        if row.fault:
            return Entry(row.number, row.sheet, reason=row.fault)
        try:
            return self._entry(row)
        except InvalidInput as error:
            return Entry(row.number, row.sheet, reason=str(error))

    def _entry(self, row: Row) -> Entry:
        text, title = self._text(row, "text"), self._text(row, "title")
        if not any(letter.isprintable() and not letter.isspace() for letter in text):
            raise InvalidInput(
                f"缺少正文（列 {self._columns['text']}），或它是空白。", field="text"
            )
        native_id = id_of(self._cell(row, "native_id"))
        url = url_of(self._cell(row, "url"))
        platform = self._platform_of(row, url)
        source_type = source_type_of(platform)
        remarks = [ROUNDED] if native_id.lost else []
        moment, remark = self._moment(row)
        if remark:
            remarks.append(remark)
        mention = RawMention(
            platform=platform,
            text=text,
            detected_at=self._context.now,
            native_id=None if native_id.lost else native_id.text or None,
            url=url,
            kind=self._kind(row, source_type),
            title=title.replace("\n", " "),
            author=self._context.mask(name_of(self._cell(row, "author"))) or None,
            published_at=moment,
            engagement=Engagement(**{name: count_of(self._cell(row, name)) for name in COUNTS}),
            row=row.number,
        )
        return Entry(row.number, row.sheet, mention, source_type, remarks=tuple(remarks))

    def _cell(self, row: Row, field: str) -> object:
        column = self._columns.get(field)
        return row.cells.get(column) if column is not None else None

    def _text(self, row: Row, field: str) -> str:
        return text_of(self._cell(row, field), self._columns.get(field, field))

    def _moment(self, row: Row) -> tuple[datetime | None, str]:
        cell, now = self._cell(row, "published_at"), self._context.now
        moment = moment_of(cell, seen_at=now, now=now, zone=self._context.zone)
        if moment is None and not blank(cell):
            return None, "看不懂发布时间，按导入时间计"
        return moment, ""

    def _platform_of(self, row: Row, url: str | None) -> str:
        told = name_of(self._cell(row, "platform"))
        platform = platform_named(told) if told else self._platform or platform_of(url)
        if not platform:
            raise InvalidInput("说不出这一行的平台；请用 --platform 指定。", field="platform")
        return platform[:_LONGEST_PLATFORM]

    def _kind(self, row: Row, source_type: SourceType | None) -> Kind:
        told = kind_named(name_of(self._cell(row, "kind")))
        return told or _KIND_OF.get(source_type, "post")
