"""The worker brings an older embedded index into the form of its version."""

from contextlib import closing

import apsw

from api.index_form import IndexForm
from api.wiring import Service
from storage.search import SearchRequest
from storage.search.schema import TOKENS_CHANGED
from tests.storage.search.search_mentions import mention


def made_older(service: Service) -> None:
    with closing(apsw.Connection(str(service.workspace.search))) as db:
        db.execute(TOKENS_CHANGED)


def test_an_older_embedded_index_is_rebuilt_when_the_worker_starts(service: Service) -> None:
    service.index.create_many([mention("m1", "续航很好")])
    made_older(service)
    assert service.index.differences() != []
    assert IndexForm(service).step() is False
    assert service.index.differences() == []
    assert service.index.search(SearchRequest(q="续航")).total == 1


def test_the_worker_looks_only_once(service: Service) -> None:
    service.index.create_many([mention("m1", "续航很好")])
    form = IndexForm(service)
    form.step()
    made_older(service)
    form.step()
    assert service.index.differences() != []
