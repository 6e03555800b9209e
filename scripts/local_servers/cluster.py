"""Several servers that are one: started, stopped and removed together."""

from typing import Generic, Self, TypeVar

from .lifetime import Lifetime
from .server import Server

Node = TypeVar("Node", bound=Server)


class Cluster(Lifetime, Generic[Node]):
    """*nodes* in one folder, a temporary one unless given.

    Every node can be stopped, killed, paused and started again with its data.
    """

    nodes: list[Node]

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
