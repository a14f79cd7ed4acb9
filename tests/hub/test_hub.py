"""The hub for a class: its settings, what a student is given, and the bounds of its load test."""

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from jsonschema import Draft202012Validator
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from packaging.requirements import Requirement

import course

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "hub"
PIN = re.compile(r"(?m)^([a-z0-9][a-z0-9.-]*)==(\S+)")


class Section:
    """What traitlets calls a section: whatever is set on it stays."""

    def __getattr__(self, name):
        value = Section()
        setattr(self, name, value)
        return value


def load(name):
    spec = importlib.util.spec_from_file_location(f"hub_{name}", HUB / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


student = load("student")


def configured(monkeypatch, tmp_path, **variables):
    """The configuration, executed in a folder with these variables and nobody's others."""
    for name in [name for name in os.environ if name.startswith("RAVINE_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    c, path = Section(), HUB / "jupyterhub_config.py"
    names = {"get_config": lambda: c, "__file__": str(path), "__name__": "config"}
    exec(compile(path.read_text("utf-8"), path, "exec"), names)
    return c


# Settings


def test_a_workshop_has_one_password_and_every_student_a_folder(monkeypatch, tmp_path):
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars")
    assert c.JupyterHub.authenticator_class == "shared-password"
    assert c.SharedPasswordAuthenticator.user_password == "eight chars"
    assert c.SharedPasswordAuthenticator.admin_password is None
    assert c.JupyterHub.spawner_class == "simple"
    home = c.SimpleLocalProcessSpawner.home_dir_template.format(username="emmy")
    assert Path(home) == tmp_path / "students" / "emmy"


@pytest.mark.parametrize("password", ["", "seven77"])
def test_no_class_without_a_password(monkeypatch, tmp_path, password):
    with pytest.raises(SystemExit, match=r"^Give the class a password .*\.$"):
        configured(monkeypatch, tmp_path, RAVINE_PASSWORD=password)


def test_an_administrator_does_not_lend_the_account_to_the_class(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    source = (HUB / "jupyterhub_config.py").read_text("utf-8")
    monkeypatch.setenv("RAVINE_PASSWORD", "eight chars")
    monkeypatch.delenv("RAVINE_SPAWNER", raising=False)
    names = {"get_config": Section, "__file__": str(HUB / "jupyterhub_config.py")}
    with pytest.raises(SystemExit, match=r"^With the spawner simple .* ordinary account"):
        exec(source, names)


@pytest.mark.parametrize("login", ["shared-password", "pam", "github"])
def test_the_login_is_the_teachers_choice(monkeypatch, tmp_path, login):
    c = configured(
        monkeypatch, tmp_path, RAVINE_LOGIN=login, RAVINE_PASSWORD="eight chars",
        RAVINE_TEACHERS="ada, emmy,",
    )  # fmt: skip
    assert c.JupyterHub.authenticator_class == login
    assert c.Authenticator.admin_users == {"ada", "emmy"}
    opened = vars(c.Authenticator).get("allow_all", False)
    assert opened is (login != "github"), "a login that the world has must name who may come in"


@pytest.mark.parametrize("login", ["shared-password", "firstuse", "pam", "github"])
def test_a_list_of_names_closes_the_door_to_others(monkeypatch, tmp_path, login):
    (tmp_path / "students.txt").write_text("emmy\nSofia\n", "utf-8")
    c = configured(
        monkeypatch, tmp_path, RAVINE_LOGIN=login, RAVINE_PASSWORD="eight chars",
        RAVINE_TEACHERS="ada", RAVINE_STUDENTS=str(tmp_path / "students.txt"),
    )  # fmt: skip
    assert c.Authenticator.allowed_users == {"ada", "emmy", "sofia"}
    assert not vars(c.Authenticator).get("allow_all", False)


def test_whoever_comes_first_is_on_the_list(monkeypatch, tmp_path):
    with pytest.raises(SystemExit, match=r"RAVINE_STUDENTS\.$"):
        configured(monkeypatch, tmp_path, RAVINE_LOGIN="firstuse")
    (tmp_path / "students.txt").write_text("emmy\n", "utf-8")
    c = configured(monkeypatch, tmp_path, RAVINE_LOGIN="firstuse",
                   RAVINE_STUDENTS=str(tmp_path / "students.txt"))  # fmt: skip
    assert c.FirstUseAuthenticator.min_password_length == 8
    assert Path(c.FirstUseAuthenticator.dbm_path).parent == tmp_path


@pytest.mark.parametrize(
    ("name", "fits"),
    [("emmy", True), ("student-07", True), ("a" * 31, True), ("a" * 32, False), ("", False),
     ("..", False), ("../ada", False), ("Emmy", False), ("7up", False), ("a/b", False),
     ("-rf", False), ("a b", False), ("{username}", False), ("emmy\n", False),
     ("emmy.sh", False), ("emmy$(id)", False), ("emmy dpkg", False)],
)  # fmt: skip
def test_a_name_is_a_folder_and_nothing_else(monkeypatch, tmp_path, name, fits):
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars")
    door = Authenticator(username_pattern=c.Authenticator.username_pattern)
    assert door.validate_username(name) is fits


def test_servers_start_with_the_lessons_in_the_students_own_rights(monkeypatch, tmp_path):
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars")
    assert c.Spawner.cmd == [sys.executable, str(HUB / "student.py")]
    assert not vars(c.Spawner).get("pre_spawn_hook"), "the hub itself writes to no folder"
    assert c.Spawner.environment["PYTHONPATH"] == str(ROOT)
    assert c.Spawner.environment["RAVINE_COURSE"] == str(ROOT)
    first = c.Spawner.default_url.removeprefix("/lab/tree/")
    assert course.FIRST_LESSON[0].endswith(first.removeprefix("notebooks"))
    assert (ROOT / first).is_file()
    assert c.Spawner.environment["JUPYTER_CONFIG_PATH"] == str(course.LAB_CONFIG)


def test_a_class_may_come_at_once_and_idle_servers_go(monkeypatch, tmp_path):
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars")
    assert c.JupyterHub.concurrent_spawn_limit >= 100
    assert min(c.Spawner.start_timeout, c.Spawner.http_timeout) >= 120
    (service,) = c.JupyterHub.services
    (role,) = c.JupyterHub.load_roles
    assert service["command"][1:] == ["-m", "jupyterhub_idle_culler", "--timeout=3600"]
    assert role["services"] == [service["name"]]
    assert set(role["scopes"]) == {
        "list:users", "read:users:activity", "read:servers", "delete:servers",
    }  # fmt: skip
    assert "--MappingKernelManager.cull_idle_timeout=1200" in c.Spawner.args


def test_the_hub_is_on_this_machine_only_unless_told(monkeypatch, tmp_path):
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars")
    assert c.JupyterHub.bind_url.startswith("http://127.0.0.1:")
    page = (HUB / "README.md").read_text("utf-8")
    options = re.findall(r"`--(\S+?)[ =`]", page.partition("## On Kubernetes")[0])
    hub = JupyterHub()
    known = {*hub.aliases, *hub.flags, "JupyterHub.bind_url"}
    asked = [each for each in options if each not in known]
    assert asked == [], "the page names options that JupyterHub does not take"
    (proxy,) = c.ConfigurableHTTPProxy.command
    assert Path(proxy) == tmp_path / "node_modules" / ".bin" / "configurable-http-proxy"


def test_limits_are_set_and_can_be_changed(monkeypatch, tmp_path):
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars")
    assert (c.Spawner.mem_limit, c.Spawner.cpu_limit) == ("1.5G", 2.0)
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars", RAVINE_MEMORY="800M",
                   RAVINE_CPU="0.5")  # fmt: skip
    assert (c.Spawner.mem_limit, c.Spawner.cpu_limit) == ("800M", 0.5)


@pytest.mark.parametrize("login", ["shared-password", "pam"])
def test_units_of_systemd_are_shut_off_from_each_other(monkeypatch, tmp_path, login):
    kept = [SimpleNamespace(name=name, is_symlink=lambda s=link: s)
            for name, link in (("docker", False), ("emmy", True))]  # fmt: skip
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(kept if str(self) == "/var/lib" else []))
    c = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars", RAVINE_LOGIN=login,
                   RAVINE_SPAWNER="systemd")  # fmt: skip
    unit = c.SystemdSpawner
    assert unit.isolate_tmp and unit.isolate_devices and unit.disable_user_sudo
    assert unit.readonly_paths == [str(ROOT)]
    assert unit.dynamic_users is (login != "pam")
    blocked = vars(c.Authenticator).get("blocked_users", set())
    assert blocked == {"root" if login == "pam" else "docker"}, "folders of services stay theirs"


# What a student is given


@pytest.fixture
def shelf(tmp_path):
    """A course with two lessons and a picture, none of which may be written to."""
    for name in ("notebooks/00_start.ipynb", "notebooks/01_more.ipynb", "images/zig.svg"):
        put(tmp_path / "course" / name, f"{name} as it was")
    put(tmp_path / "course" / "notebooks" / "src" / "00_start.py", "the twin")
    put(tmp_path / "course" / "notebooks" / "my_answers" / "one.json", "the teacher's")
    for path in (tmp_path / "course").rglob("*.*"):
        path.chmod(0o444)
    return tmp_path / "course", tmp_path / "emmy"


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.chmod(0o644)
    path.write_text(text, "utf-8")


def test_the_given_copy_is_signed_for_the_student(shelf, monkeypatch, tmp_path):
    from nbformat import read
    from nbformat.sign import NotebookNotary

    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    put(shelf[0] / "notebooks" / "00_start.ipynb",
        (ROOT / "notebooks" / "00_start_here.ipynb").read_text("utf-8"))  # fmt: skip
    shelf[1].mkdir()
    student.give(*shelf, student.ELSEWHERE)
    lesson = shelf[1] / "notebooks" / "00_start.ipynb"
    notary = NotebookNotary()
    with contextlib.closing(notary.store):
        assert not notary.check_signature(read(lesson, as_version=4))
        student.sign([lesson])
        assert notary.check_signature(read(lesson, as_version=4))


TOO_MUCH = """
import runpy, sys
runpy.run_path(sys.argv[1])["limit_memory"](str(300 * 2**20))
try:
    bytearray(600 * 2**20)
except MemoryError:
    print("alive")
"""

if sys.platform == "linux":  # where the hub is at home

    def test_a_cell_that_asks_for_too_much_gets_an_error_and_the_process_lives_on():
        command = [sys.executable, "-c", TOO_MUCH, str(HUB / "student.py")]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert said.stdout == "alive\n", said.stderr


def test_a_student_whose_folder_is_full_still_gets_a_server(monkeypatch, tmp_path, capsys):
    started = []
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("RAVINE_COURSE", str(ROOT))
    monkeypatch.delenv("MEM_LIMIT", raising=False)
    monkeypatch.setattr(student, "give", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    monkeypatch.setattr(os, "execv", lambda program, words: started.append(words))
    monkeypatch.setattr(sys, "argv", ["student.py", "--port=1"])
    student.main()
    assert started == [[sys.executable, "-m", "jupyterhub.singleuser", "--port=1"]]
    assert "could not all be given" in capsys.readouterr().err


# The load test


@pytest.fixture
def trial(monkeypatch):
    """The load test, whose parts are modules beside it."""
    monkeypatch.syspath_prepend(str(HUB))
    yield load("load")
    for part in ("report", "client"):
        del sys.modules[part]


@pytest.mark.parametrize(
    "words",
    ["--students 41", "--students 0", "--students -3", "--waves 11", "--minutes 31", "--minutes 0",
     "--gap 121", "--gap -1", "--students 2 --waves 3", "--lesson 99_none", "--minutes nan"],
)  # fmt: skip
def test_a_load_beyond_the_bounds_is_refused(trial, words, capsys):
    with pytest.raises(SystemExit):
        trial.arguments(words.split())
    assert "error: " in capsys.readouterr().err


def test_a_load_within_the_bounds_is_taken(trial):
    asked = trial.arguments(["--students", "40", "--at-once", "--minutes", "30"])
    assert (asked.students, asked.waves, asked.minutes) == (40, 1, 30)
    asked = trial.arguments([])
    assert (asked.students, asked.waves, asked.minutes) == (20, 4, 10)


NOTHING = {"hub": 100.0, "proxy": 50.0, "servers": [90.0, 92.0], "kernels": [120.0, 122.0]}


def students(trial, names=("ann", "bob", "eve")):
    people = [trial.Client(name, "pw", "http://127.0.0.1:1", "a lesson") for name in names]
    for number, each in enumerate(people):
        each.seconds = {"spawn": 2.0 + number, "open": 1.0, "run": 8.0}
        each.stage, each.slider = "done", [0.02, 0.03]
    return people


def test_the_table_counts_who_was_lost_and_says_where(trial):
    asked, people = trial.arguments(["--students", "3", "--waves", "1"]), students(trial)
    text, good = trial.report.table(asked, people, ["", "", ""], NOTHING)
    assert good and "3 students at once; none lost" in text
    assert "| log in until the own server shows its page | 3.0 s | 3.9 s |" in text
    assert "| memory of all together | 574 MB |" in text
    people[1].stage = "run"
    text, good = trial.report.table(asked, people, ["", "a cell raises NameError", ""], NOTHING)
    assert not good and "1 lost" in text
    assert "- bob was lost at run: a cell raises NameError" in text


def test_a_killed_kernel_counts_once_and_for_the_right_student(trial):
    asked, people = trial.arguments(["--students", "3", "--kill", "--waves", "1"]), students(trial)
    assert not trial.report.table(asked, people, [""] * 3, NOTHING)[1], "nobody's was killed"
    people[2].deaths = 1
    text, good = trial.report.table(asked, people, [""] * 3, NOTHING)
    assert good and "eve ran the lesson again to its end, 2 others saw no interruption" in text
    people[0].deaths = 1
    assert not trial.report.table(asked, people, [""] * 3, NOTHING)[1], "another one noticed"


def test_a_client_begins_the_lesson_again_when_the_kernel_dies(trial):
    (eve,) = students(trial, ["eve"])
    cells = [{"cell_type": "code", "source": f"x = {n}", "metadata": {}} for n in range(3)]
    sent = []

    class Socket:
        async def write_message(self, text):
            number = json.loads(text)["header"]["msg_id"]
            sent.append(json.loads(text)["content"]["code"])
            reply = {"msg_type": "execute_reply", "content": {"status": "ok"}}
            if len(sent) == 2:
                reply = {"msg_type": "status", "content": {"execution_state": "restarting"}}
            eve.receive(json.dumps(reply | {"parent_header": {"msg_id": number}}))

    async def lesson():
        eve.news, eve.socket = asyncio.Queue(), Socket()
        await eve.run({"cells": cells})
        await eve.http.aclose()

    asyncio.run(lesson())
    assert sent == ["x = 0", "x = 1", "x = 0", "x = 1", "x = 2"]
    assert (eve.deaths, eve.cells) == (1, 3)


def test_the_load_stays_on_this_machine():
    source = (HUB / "load.py").read_text("utf-8")
    hosts = set(re.findall(r"\d+\.\d+\.\d+\.\d+", source))
    assert hosts == {"127.0.0.1"} and "0.0.0.0" not in source


# Packages


def pins(path):
    return dict(PIN.findall(path.read_text("utf-8")))


def test_the_hubs_lock_holds_the_courses_lock_and_what_it_asks_for():
    hub, lessons = pins(HUB / "requirements.lock"), pins(ROOT / course.RUNTIME)
    assert {name: hub.get(name) for name in lessons} == lessons
    asked = (HUB / "requirements.in").read_text("utf-8").splitlines()
    for requirement in (Requirement(line) for line in asked if not line.startswith("#")):
        assert requirement.specifier.contains(hub[requirement.name]), requirement
    text = (HUB / "requirements.lock").read_text("utf-8")
    assert text.count("==") and "://" not in text
    for entry in re.split(r"\n(?=\S)", text):
        assert "--hash=sha256:" in entry, entry


def test_the_proxy_is_pinned_with_its_hashes():
    asked = json.loads((HUB / "package.json").read_text("utf-8"))
    lock = json.loads((HUB / "package-lock.json").read_text("utf-8"))
    assert lock["packages"][""]["dependencies"] == asked["dependencies"]
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values()), "no host is named"
    version = asked["dependencies"]["configurable-http-proxy"]
    assert packages["node_modules/configurable-http-proxy"]["version"] == version


def test_the_page_holds_a_table_of_each_kind_and_nobody_was_lost():
    text = (HUB / "README.md").read_text("utf-8")
    for kind in ("waves", "at once", "kill"):
        (block,) = re.findall(rf"<!-- load: {kind} -->\n(.*?)<!-- end -->", text, re.DOTALL)
        assert "none lost" in block, kind
        assert re.search(r"\d{4}-\d\d-\d\d, \d+ cores", block), kind


# On Kubernetes


def kubernetes():
    return yaml.safe_load((HUB / "kubernetes.yaml").read_text("utf-8"))


CHART = yaml.safe_load((Path(__file__).parent / "z2jh_schema.yaml").read_text("utf-8"))


def test_the_chart_takes_every_value():
    checker = Draft202012Validator(CHART)
    assert list(checker.iter_errors(kubernetes())) == []
    for place, value in (("memmory", {}), ("startTimeout", "soon"), ("storage", {"type": "disk"})):
        wrong = kubernetes()
        wrong["singleuser"][place] = value
        assert list(checker.iter_errors(wrong)), place


def test_nothing_is_set_that_the_chart_is_not_known_to_take():
    def unknown(values, schema, at=""):
        free = schema.get("additionalProperties") is not False or "patternProperties" in schema
        for name, value in values.items():
            if name in schema.get("properties", {}):
                if isinstance(value, dict):
                    yield from unknown(value, schema["properties"][name], f"{at}.{name}")
            elif not free:
                yield f"{at}.{name}"

    assert list(unknown(kubernetes(), CHART)) == []


def test_many_machines_do_as_one(monkeypatch, tmp_path):
    c, values = configured(monkeypatch, tmp_path, RAVINE_PASSWORD="eight chars"), kubernetes()
    config, user = values["hub"]["config"], values["singleuser"]
    assert config["JupyterHub"]["authenticator_class"] == c.JupyterHub.authenticator_class
    assert config["Authenticator"]["username_pattern"] == c.Authenticator.username_pattern
    assert config["KubeSpawner"]["args"] == c.Spawner.args
    assert values["hub"]["concurrentSpawnLimit"] == c.JupyterHub.concurrent_spawn_limit
    assert user["defaultUrl"] == c.Spawner.default_url
    assert user["startTimeout"] == c.Spawner.start_timeout
    assert (user["memory"]["limit"], user["cpu"]["limit"]) == (c.Spawner.mem_limit, 2)
    # The image has the course where the hub of one machine has its folder.
    home = user["extraEnv"]["RAVINE_COURSE"]
    here = {k: v.replace(str(ROOT), home) for k, v in c.Spawner.environment.items()}
    assert user["extraEnv"] == here
    assert user["cmd"][-1] == c.Spawner.cmd[-1].replace(str(ROOT), home)
    folder = user["storage"]["homeMountPath"]
    assert folder == config["KubeSpawner"]["notebook_dir"] == f"{home}/down-the-ravine"
    assert f"--timeout={values['cull']['timeout']}" in c.JupyterHub.services[0]["command"]


def test_no_password_stands_in_the_values():
    text = (HUB / "kubernetes.yaml").read_text("utf-8")
    assert "user_password" not in text and "secretToken" not in text
    page = (HUB / "README.md").read_text("utf-8")
    assert "hub.config.SharedPasswordAuthenticator.user_password" in page
    assert "kubernetes.yaml" in page
