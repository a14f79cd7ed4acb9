"""Run a program of Jupyter without the settings of the machine.

    python -m tools.jupyter jupyterlab ARGS...

Jupyter reads /etc/jupyter, /usr/local/etc/jupyter and the folders share/jupyter beside them: what
an administrator set there for other servers (a collaboration, an authentication, extensions of
another JupyterLab) would change or stop the course's, which has all it needs in .venv and in
`tools/lab`.
No variable turns these folders off and leaves the course's own on.
"""

import runpy
import sys

from jupyter_core import paths

if __name__ == "__main__":
    # Emptied in place: other modules of Jupyter hold the same lists.
    paths.SYSTEM_CONFIG_PATH[:] = []
    paths.SYSTEM_JUPYTER_PATH[:] = []
    # For its formats iri and iri-reference jsonschema compiles a grammar: over half of the time
    # until JupyterLab answers. No schema of Jupyter has these formats; without the grammar
    # jsonschema leaves them unchecked.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
