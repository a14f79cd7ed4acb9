"""JupyterLab as the course wants it, wherever it runs: course.py, the hub, the browser tests.

Each of them names this folder in JUPYTER_CONFIG_PATH, and Jupyter reads this file and, for what a
learner may change in the menu Settings, `labconfig/default_setting_overrides.json`: pages that ask
nobody about news, cells that are never left out of a page while one scrolls (an explorer would lose
its place), and explorers that a lesson opened again shows as they were left.
"""

c = get_config()  # noqa: F821

# No question to the network at every start, and nothing that a class could install by mistake.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"

# A picture that follows a slider comes at once; a lesson that was only looked at stays as in git.
c.ServerApp.kernel_websocket_connection_class = "tools.server.PromptConnection"
c.FileContentsManager.pre_save_hook = "tools.server.as_in_git"
