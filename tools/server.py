"""How the Jupyter server talks to the page, at once, and what it stores of a lesson.

By itself, TCP holds a small message back until the one before it was received (Nagle's algorithm),
and a receiver may wait up to 40 ms before it says so. A picture that follows a slider is such a
message.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The server's connection between a page and its kernel, with messages sent at once.

    Named in `tools/lab/jupyter_server_config.py`.
    """

    def connect(self) -> Any:
        """Open the connection."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def as_in_git(model: dict[str, Any], **_: Any) -> None:
    """Keep what a mere look at a lesson adds out of the notebook that is saved.

    JupyterLab writes the kernel's Python version, and the state of no widgets at all, into every
    notebook that it opens. A lesson that nobody changed would then differ from the one in git, and
    the next `git pull` would refuse.

    Named in `tools/lab/jupyter_server_config.py`.
    """
    if model["type"] != "notebook" or model["content"].get("nbformat") != 4:
        return
    metadata = model["content"]["metadata"]
    if "language_info" in metadata:
        metadata["language_info"] = {"name": metadata["language_info"].get("name", "python")}
    widgets = metadata.get("widgets", {})
    if set(widgets) == {WIDGET_STATE} and not widgets[WIDGET_STATE].get("state"):
        del metadata["widgets"]
