"""JupyterLab's settings stand in one folder, which everyone names who starts JupyterLab."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import course
from tests.browser.lab import Lab
from tests.hub.test_hub import configured
from tools.lite import site
from tools.server import PromptConnection

ROOT = Path(course.__file__).resolve().parent
OVERRIDES = course.LAB_CONFIG / "labconfig" / "default_setting_overrides.json"
# Read as Jupyter reads it when it starts; what is named is imported.
PROGRAM = """
import json
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.config.manager import ConfigManager
from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyterlab.labapp import LabApp

server = ServerApp()
server.load_config_file()
lab = LabApp(parent=server)
print(json.dumps({
    "news": lab.news_url,
    "updates": lab.check_for_updates_class.__name__,
    "extensions": lab.extension_manager,
    "connection": server.kernel_websocket_connection_class.__name__,
    "saving": FileContentsManager(parent=server).pre_save_hook.__name__,
    "pages": ConfigManager(config_dir_name="labconfig").get("default_setting_overrides"),
}))
"""


NAMED = re.findall(
    r"(?m)^c\.(\S+) = ", (course.LAB_CONFIG / "jupyter_server_config.py").read_text("utf-8")
)


def of_course_py(monkeypatch, tmp_path):
    return course.LAB, course.environment()


def of_the_hub(monkeypatch, tmp_path):
    spawner = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars").Spawner
    return spawner.args, spawner.environment


def of_the_browser_tests(monkeypatch, tmp_path):
    lab = Lab()
    lab.scratch = lab.folder = tmp_path
    return lab.command(), lab.environment()


@pytest.mark.parametrize("start", [of_course_py, of_the_hub, of_the_browser_tests])
def test_everyone_names_the_folder_and_repeats_no_setting_of_it(start, monkeypatch, tmp_path):
    words, environment = start(monkeypatch, tmp_path)
    assert environment["JUPYTER_CONFIG_PATH"] == str(course.LAB_CONFIG)
    assert "JUPYTER_NO_CONFIG" not in environment
    assert not {word.partition("=")[0].lstrip("-") for word in words} & set(NAMED)


def test_jupyter_reads_the_folder_before_what_a_learner_has(tmp_path):
    (tmp_path / "jupyter_server_config.py").write_text("c.LabApp.extension_manager = 'pypi'\n")
    own = {"JUPYTER_CONFIG_PATH": str(course.LAB_CONFIG), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **own, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=100, cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "news": None, "updates": "NeverCheckForUpdate", "extensions": "readonly",
        "connection": "PromptConnection", "saving": "as_in_git",
        "pages": json.loads(OVERRIDES.read_text("utf-8")),
    }  # fmt: skip


def test_messages_to_a_page_are_not_held_back(monkeypatch):
    told = []
    own = {"websocket_handler": SimpleNamespace(set_nodelay=told.append)}
    monkeypatch.setattr(PromptConnection.__base__, "connect", lambda self: "connected")
    made = type("Own", (PromptConnection,), own)
    assert made.__new__(made).connect() == "connected" and told == [True]


def test_a_setting_stands_nowhere_else():
    pages = list(json.loads(OVERRIDES.read_text("utf-8")))
    assert len(NAMED) == 5 and len(pages) == 3
    for folder in ("", "hub", "tools", "tests/browser"):
        for path in (ROOT / folder).glob("**/*.*" if folder else "*.py"):
            if path.suffix in (".py", ".json") and not path.is_relative_to(course.LAB_CONFIG):
                text = path.read_text("utf-8")
                found = [word for word in [*NAMED, *pages[:2]] if word in text]
                assert found == [], f"{path.relative_to(ROOT)} repeats {found}"


def test_the_site_without_installation_takes_them_but_for_the_state_of_explorers():
    everywhere = json.loads(OVERRIDES.read_text("utf-8"))
    left_out = everywhere.keys() - site.settings_of_pages().keys()
    assert left_out == {"@jupyter-widgets/jupyterlab-manager:plugin"}
    assert site.settings_of_pages().items() <= everywhere.items()


def test_jupyter_starts_without_a_grammar_that_no_schema_of_it_asks_for(tmp_path):
    program = (
        "import sys, jsonschema, jupyter_server.serverapp, nbformat.sign\n"
        "from jsonschema import Draft7Validator as kind\n"
        "print('lark' in sys.modules)\n"
        "asked = kind({'format': 'uri'}, format_checker=kind.FORMAT_CHECKER)\n"
        "print(asked.is_valid('no address'))\n"
    )
    tmp_path.joinpath("asks.py").write_text(program, "ascii")
    told = subprocess.run(
        [sys.executable, "-m", "tools.jupyter", "asks"], cwd=ROOT, capture_output=True, check=True,
        encoding="utf-8", env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    ).stdout  # fmt: skip
    assert told.split() == ["False", "False"]
