"""Real servers of one test's own, to be stopped, killed, hung and started again.

    with postgres() as server:
        server.kill()

Where the programs are missing the test is left out. A start takes 1 s, Elasticsearch 10 s: what
needs no outage uses the servers of the whole run, ``server_addresses``.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from left_out import leave_out

sys.path.append(str(Path(__file__).resolve().parent.parent / "scripts"))

from local_servers import (
    Cluster,
    ElasticsearchCluster,
    MinioCluster,
    MinioServer,
    PostgresServer,
    Server,
    Unavailable,
)

Made = TypeVar("Made", bound=Server | Cluster)  # type: ignore[type-arg]


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Start a PostgreSQL server: ``url``, ``url_of(database)``."""
    with _started(PostgresServer) as server:
        yield server


@contextmanager
def elasticsearch(nodes: int = 1) -> Iterator[ElasticsearchCluster]:
    """Start an Elasticsearch cluster: ``urls``, ``username``, ``password``, ``nodes``."""
    with _started(lambda: ElasticsearchCluster(nodes)) as cluster:
        yield cluster


@contextmanager
def minio(drives: int = 1) -> Iterator[MinioServer]:
    """Start one MinIO process: ``endpoint``, keys, ``take_drive_away``, ``bring_drive_back``."""
    with _started(lambda: MinioServer(drives)) as server:
        yield server


@contextmanager
def minio_cluster(nodes: int = 4) -> Iterator[MinioCluster]:
    """Start MinIO processes with a drive each: ``endpoints``, keys, ``nodes``."""
    with _started(lambda: MinioCluster(nodes)) as cluster:
        yield cluster


@contextmanager
def _started(make: Callable[[], Made]) -> Iterator[Made]:
    try:
        made = make()
    except Unavailable as error:
        leave_out(f"This test starts a server of its own. {error}")
    with made:
        yield made
