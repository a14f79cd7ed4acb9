"""One JupyterHub for a class on one machine; README.md beside this file says how it is set up.

`jupyterhub -f .../hub/jupyterhub_config.py` is started in a folder of its own, in which the hub
keeps its database, its cookie secret and its proxy. What a teacher chooses are variables:

    RAVINE_LOGIN              shared-password, firstuse, pam, or another authenticator of JupyterHub
    RAVINE_PASSWORD           for shared-password: the class's password, 8 characters or more
    RAVINE_STUDENTS           a file with the names of those who may come in, one on a line
    RAVINE_TEACHERS           names, with commas, of those who may see and stop every server
    RAVINE_TEACHER_PASSWORD   for shared-password: the teachers' own, 32 characters or more
    RAVINE_SPAWNER            simple (a trial), systemd (a class), or another spawner of JupyterHub
    RAVINE_MEMORY, RAVINE_CPU what one student may use: 1.5G and 2 unless set
"""

import os
import sys
from pathlib import Path

HUB = Path(__file__).resolve().parent
COURSE = HUB.parent
STATE = Path.cwd()
LOGIN = os.environ.get("RAVINE_LOGIN", "shared-password")
SPAWNER = os.environ.get("RAVINE_SPAWNER", "simple")
TEACHERS = {name.strip() for name in os.environ.get("RAVINE_TEACHERS", "").split(",")} - {""}
PASSWORD = os.environ.get("RAVINE_PASSWORD", "")
LIST = os.environ.get("RAVINE_STUDENTS")

c = get_config()  # noqa: F821

# Who may come in. Every name becomes the name of a folder, so it is a plain word. JupyterHub looks
# for the pattern at the beginning of a name; \Z lets nothing follow.
c.JupyterHub.authenticator_class = LOGIN
c.Authenticator.username_pattern = r"[a-z][a-z0-9_-]{0,30}\Z"
c.Authenticator.admin_users = TEACHERS
if LIST:
    c.Authenticator.allowed_users = set(Path(LIST).read_text("utf-8").lower().split()) | TEACHERS
elif LOGIN == "firstuse":
    sys.exit(
        "With the login firstuse whoever comes first under a name keeps it: list the names of your "
        "students in a file, one on a line, and name the file in RAVINE_STUDENTS."
    )
elif LOGIN in ("shared-password", "pam"):
    c.Authenticator.allow_all = True
if LOGIN == "shared-password":
    if len(PASSWORD) < 8:
        sys.exit(
            "Give the class a password of 8 characters or more in RAVINE_PASSWORD, "
            "or choose another login in RAVINE_LOGIN."
        )
    c.SharedPasswordAuthenticator.user_password = PASSWORD
    c.SharedPasswordAuthenticator.admin_password = os.environ.get("RAVINE_TEACHER_PASSWORD")
elif LOGIN == "pam":
    c.Authenticator.blocked_users = {"root"}
elif LOGIN == "firstuse":
    c.FirstUseAuthenticator.min_password_length = 8
    c.FirstUseAuthenticator.dbm_path = str(STATE / "passwords")

if SPAWNER == "simple" and hasattr(os, "geteuid") and os.geteuid() == 0:
    sys.exit(
        "With the spawner simple every student runs as the account that starts the hub: start it "
        "from an ordinary account, or set RAVINE_SPAWNER to systemd."
    )

# A student's server: first the lessons that are new go into the student's folder.
c.JupyterHub.spawner_class = SPAWNER
c.Spawner.cmd = [sys.executable, str(HUB / "student.py")]
c.Spawner.notebook_dir = "~/down-the-ravine"
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.Spawner.environment = {
    "PYTHONPATH": str(COURSE),
    "PYTHONUTF8": "1",
    "RAVINE_COURSE": str(COURSE),
    # What JupyterLab is told: the same folder as for course.py.
    "JUPYTER_CONFIG_PATH": str(COURSE / "tools" / "lab"),
    # Twenty kernels that each take every core for small matrices keep each other waiting.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
c.Spawner.args = [
    # The kernel of a lesson that was closed ends after 20 minutes.
    "--MappingKernelManager.cull_idle_timeout=1200",
    "--MappingKernelManager.cull_interval=120",
]

# Limits. systemd holds both; simple holds the memory of each process (student.py), not the CPU.
c.Spawner.mem_limit = os.environ.get("RAVINE_MEMORY", "1.5G")
c.Spawner.cpu_limit = float(os.environ.get("RAVINE_CPU", "2"))
c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "students" / "{username}")
if SPAWNER == "systemd":
    # Without accounts of the machine, systemd makes a user for each server; its folder is
    # /var/lib/NAME, so a name that a service has there already is not for a student.
    c.SystemdSpawner.dynamic_users = LOGIN != "pam"
    if LOGIN != "pam":
        c.Authenticator.blocked_users = {
            each.name for each in Path("/var/lib").iterdir() if not each.is_symlink()
        }
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.isolate_devices = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.readonly_paths = [str(COURSE)]

# A whole class at once: nobody is sent away, and a server may take minutes until it answers.
c.JupyterHub.concurrent_spawn_limit = 200
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 10}

# A server that nobody has used for an hour is stopped; the files stay.
c.JupyterHub.services = [
    {
        "name": "cull-idle",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "cull-idle",
        "services": ["cull-idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]

# On this machine only. TLS belongs in front of it, or `--JupyterHub.bind_url` says otherwise.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.ConfigurableHTTPProxy.command = [str(STATE / "node_modules/.bin/configurable-http-proxy")]
