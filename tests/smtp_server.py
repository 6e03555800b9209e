"""A real mail server on loopback for tests."""

from aiosmtpd.controller import Controller


class AnyPort(Controller):
    """Lets the system choose the port, and asks there whether it has started."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
