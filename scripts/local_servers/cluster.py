"""Several servers that are one: started, stopped and removed together."""

import shutil
from pathlib import Path
from typing import Generic, Self, TypeVar

from . import keeper
from .server import Server, new_folder

Node = TypeVar("Node", bound=Server)


class Cluster(Generic[Node]):
    """*nodes* in one folder, a temporary one unless given.

    Every node can be stopped, killed, paused and started again with its data.
    """

    nodes: list[Node]

    def __init__(self, folder: Path | None, *, kept: bool) -> None:
        self.is_temporary = folder is None
        self.folder = new_folder() if folder is None else folder
        if self.is_temporary and kept:
            keeper.keep_folder(self.folder)

    def start(self) -> Self:
        """Start the nodes that do not run and wait until all answer."""
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.wait()
        return self

    def stop(self) -> None:
        """End every node and keep its data."""
        for node in self.nodes:
            node.stop()

    def kill(self) -> None:
        """End every node with SIGKILL."""
        for node in self.nodes:
            node.kill()

    def close(self) -> None:
        """Stop the cluster and remove its temporary folder."""
        if self.is_temporary:
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self.stop()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()
