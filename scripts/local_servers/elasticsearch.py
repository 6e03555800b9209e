"""Elasticsearch: one node or a cluster of several, with security on."""

import json
import re
import shutil
import subprocess
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final, Self

from .accounts import give, server_user
from .cluster import Cluster
from .elasticsearch_archive import JAVA_OF, VERSION, find
from .errors import Unavailable
from .java import find as find_java
from .ports import HOST, free_port
from .server import Server, new_password

USERNAME: Final = "elastic"
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ElasticsearchNode(Server):
    """A node of a cluster; the cluster makes it and names its neighbours."""

    name: ClassVar[str] = "Elasticsearch"
    patience_s: ClassVar[float] = 180.0

    def __init__(
        self, folder: Path, node: str, password: str, version: str, heap: str, *, kept: bool
    ) -> None:
        super().__init__(folder, kept=kept)
        self.node = node
        self.port = free_port()
        self.transport_port = free_port()
        self.username = USERNAME
        self.password = password
        self.heap = heap
        #: What elasticsearch.yml says besides; changes count from the next start.
        self.settings: dict[str, str] = {}
        self._home = find(version)
        self._java = find_java(JAVA_OF[version])

    @property
    def url(self) -> str:
        """The node's address."""
        return f"http://{HOST}:{self.port}"

    def launch(self) -> None:
        """Start the node with ``settings`` as they are now."""
        if not self.runs:
            self.config.mkdir(parents=True, exist_ok=True)
            lines = [f"{name}: {value}" for name, value in (self._own() | self.settings).items()]
            (self.config / "elasticsearch.yml").write_text("\n".join(lines) + "\n", "utf-8")
        super().launch()

    def prepare(self) -> None:
        """Make the node's own configuration beside the shared programs, and its keystore."""
        shutil.copytree(
            self._home / "config",
            self.config,
            dirs_exist_ok=True,
            ignore=lambda *_: ["elasticsearch.yml", "jvm.options", "elasticsearch.keystore"],
        )
        # The archive's own log file of the collector would lie in the shared folder.
        options = (self._home / "config" / "jvm.options").read_text("utf-8")
        options = re.sub(r"^[\d:-]*-Xlog:gc.*$", "", options, flags=re.MULTILINE)
        (self.config / "jvm.options").write_text(options, "utf-8")
        heap = self.config / "jvm.options.d" / "heap.options"
        heap.parent.mkdir(exist_ok=True)
        heap.write_text(f"-Xms{self.heap}\n-Xmx{self.heap}\n", "utf-8")
        for name in ("data", "logs", "temporary"):
            (self.folder / name).mkdir(exist_ok=True)
        give(self.folder)
        self._make_keystore()

    def command(self) -> list[str | Path]:
        """Return the archive's own launcher."""
        return [self._home / "bin" / "elasticsearch"]

    def environ(self) -> Mapping[str, str]:
        """Say which Java and whose configuration."""
        return {
            "ES_JAVA_HOME": str(self._java),
            "ES_PATH_CONF": str(self.config),
            "ES_TMPDIR": str(self.folder / "temporary"),
            # The launcher itself is a Java program, which needs little.
            "CLI_JAVA_OPTS": "-Xmx64m -XX:TieredStopAtLevel=1",
        }

    def answers(self) -> bool:
        """Whether the node has joined a cluster with a master."""
        return self.get("/_cluster/health?timeout=1s") is not None

    def get(self, path: str, patience_s: float = 5.0) -> bytes | None:
        """Return the node's answer to GET *path*, or None when there is none or an error."""
        asked = urllib.request.Request(self.url + path)
        given = b64encode(f"{self.username}:{self.password}".encode()).decode()
        asked.add_header("Authorization", f"Basic {given}")
        try:
            with _DIRECT.open(asked, timeout=patience_s) as answer:
                body: bytes = answer.read()
                return body
        except OSError:
            return None

    def address(self) -> dict[str, str]:
        """Return the address and who to be."""
        return {"url": self.url, "username": self.username, "password": self.password}

    @property
    def config(self) -> Path:
        """The folder of the node's configuration."""
        return self.folder / "config"

    def _own(self) -> dict[str, str]:
        return {
            "node.name": self.node,
            "network.host": HOST,
            "http.port": str(self.port),
            "transport.port": str(self.transport_port),
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "xpack.security.enabled": "true",
            "xpack.security.http.ssl.enabled": "false",
            "xpack.security.transport.ssl.enabled": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }

    def _make_keystore(self) -> None:
        user = server_user()
        made = subprocess.run(
            [
                self._home / "bin" / "elasticsearch-keystore",
                *("add", "--stdin", "--force", "bootstrap.password"),
            ],
            input=self.password,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **self.environ()},
            cwd="/",
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise Unavailable(f"Elasticsearch made no keystore: {made.stdout} {made.stderr}")


class ElasticsearchCluster(Cluster[ElasticsearchNode]):
    """An Elasticsearch cluster of *nodes* on loopback; with this *heap*, 0.9 GB of memory each."""

    def __init__(
        self,
        nodes: int = 1,
        folder: Path | None = None,
        *,
        version: str = VERSION,
        heap: str = "512m",
        kept: bool = True,
    ) -> None:
        super().__init__(folder, kept=kept)
        self.username = USERNAME
        self.password = new_password()
        self.nodes = [
            ElasticsearchNode(
                self.folder / f"n{number}", f"n{number}", self.password, version, heap, kept=kept
            )
            for number in range(1, nodes + 1)
        ]
        for node in self.nodes:
            node.settings |= self._together()

    @property
    def url(self) -> str:
        """The first node's address."""
        return self.nodes[0].url

    @property
    def urls(self) -> list[str]:
        """Every node's address."""
        return [node.url for node in self.nodes]

    def start(self) -> Self:
        """Start the nodes that do not run and wait until all are one cluster."""
        super().start()
        self.wait_for_nodes(len(self.nodes))
        return self

    def wait_for_nodes(self, number: int, patience_s: float = 60.0) -> None:
        """Wait until a node that runs counts *number* of them."""
        asked = f"/_cluster/health?wait_for_nodes={number}&timeout={patience_s:.0f}s"
        for node in self.nodes:
            if node.runs and node.get(asked, patience_s + 5) is not None:
                return
        said = "".join(node.said() for node in self.nodes)
        raise Unavailable(f"Elasticsearch did not become a cluster of {number}.{said}")

    def _together(self) -> dict[str, str]:
        if len(self.nodes) == 1:
            return {"discovery.type": "single-node"}
        # JSON is YAML.
        addresses = [f"{HOST}:{node.transport_port}" for node in self.nodes]
        return {
            "cluster.name": f"cluster-{self.nodes[0].transport_port}",
            "discovery.seed_hosts": json.dumps(addresses),
            "cluster.initial_master_nodes": json.dumps([node.node for node in self.nodes]),
        }
