"""The real servers that tests, benchmarks and contributors use, on loopback.

``scripts/servers`` is the command. Tests that stop and start servers make their own:

    with ElasticsearchCluster(nodes=3) as cluster:
        cluster.nodes[1].kill()

Needs nothing but Python 3.11. Ends what it started even when its process is killed.
"""

from .cluster import Cluster
from .elasticsearch import ElasticsearchCluster, ElasticsearchNode
from .errors import Unavailable
from .minio import MinioCluster, MinioNode, MinioServer
from .postgres import PostgresServer
from .server import Server

__all__ = [
    "Cluster",
    "ElasticsearchCluster",
    "ElasticsearchNode",
    "MinioCluster",
    "MinioNode",
    "MinioServer",
    "PostgresServer",
    "Server",
    "Unavailable",
]
