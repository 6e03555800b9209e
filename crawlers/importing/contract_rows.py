"""Rows in our own import form become mentions; strict, because programs write them."""

from dataclasses import replace

from core.errors import InvalidInput
from crawlers.importing.context import Context, Entry
from crawlers.importing.contract_form import parse_record
from crawlers.importing.rows import Row


class ContractRows:
    """Reads objects of the form in docs/importing.md."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def read(self, row: Row) -> Entry:
        """Return what becomes of *row*."""
        if row.fault:
            return Entry(row.number, row.sheet, reason=row.fault)
        context = self._context
        try:
            mention = parse_record(row.cells, now=context.now, zone=context.zone, mask=context.mask)
        except InvalidInput as error:
            return Entry(row.number, row.sheet, reason=str(error))
        return Entry(row.number, row.sheet, replace(mention, row=row.number))
