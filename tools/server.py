"""How the Jupyter server talks to the page: at once.

By itself, TCP holds a small message back until the one before it was received (Nagle's algorithm),
and a receiver may wait up to 40 ms before it says so. A picture that follows a slider is such a
message.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The server's connection between a page and its kernel, with messages sent at once.

    Named in the server's option ``ServerApp.kernel_websocket_connection_class``.
    """

    def connect(self) -> Any:
        """Open the connection."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
