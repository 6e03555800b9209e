"""The workplace of imports on an opened workspace."""

from functools import partial

from api.wiring import Service
from api.worker import pseudonym_key
from crawlers.importing.desk import ImportDesk
from crawlers.pseudonym import pseudonym


def import_desk(service: Service) -> ImportDesk:
    """Return what an import on *service* works with."""
    return ImportDesk(
        records=service.records,
        spool=service.spool,
        clock=service.clock,
        ids=service.ids,
        zone=service.zone,
        mask=partial(pseudonym, key=pseudonym_key(service)),
        scratch=service.workspace.imports,
    )
