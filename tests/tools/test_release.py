"""Releases: the number, the date and the address are the same wherever they stand."""

import hashlib
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from tools import release

ROOT = release.ROOT
NEW = "https://forge.example.org/somebody/ravine"
FILES = (*release.NUMBERS, *release.PAGES, "CHANGELOG.md", "SECURITY.md")


def git(tree, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *words], cwd=tree, check=True, capture_output=True, timeout=60)


@pytest.fixture
def tree(tmp_path):
    """A clone that holds what a release writes, with an open edition."""
    for name in dict.fromkeys(FILES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".gitignore").write_text("dist/\n", "utf-8")
    changes = "# What changed\n\n## 0.9.0, not yet released\n\n- New.\n\n## 0.8.0, 2026-01-01\n"
    (tmp_path / "CHANGELOG.md").write_text(changes, "utf-8")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def commit(tree):
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "x")


def run(tree, *words):
    return release.main([*words, "--root", str(tree)])


def test_number_date_and_address_of_the_course_agree():
    assert list(release.disagreements(ROOT)) == []


def test_whoever_names_the_address_names_this_one():
    """Every file that speaks of a repository of the course has the address of pyproject.toml."""
    address = release.address()
    assert release.ADDRESS.fullmatch(address)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.md", "*.toml", "*.cff", "*.py", "*.yml", "*.html"], cwd=ROOT,
        capture_output=True, encoding="utf-8", timeout=60,
    ).stdout.split("\0")  # fmt: skip
    names = [name for name in listed if name and not name.startswith("tests/")]
    for name in names or release.PAGES:
        text = (ROOT / name).read_text("utf-8")
        assert "ADDRESS-OF" not in text, name
        for other in re.findall(r"https?://[\w./-]*/down-the-ravine\b", text):
            assert other == address, f"{name} has {other}"


def test_a_release_writes_number_and_date_and_an_archive_with_its_checksum(tree, capsys):
    assert run(tree, "0.9.0", "--date", "2027-01-31") == 0
    assert run(tree, "--check") == 0
    cited = yaml.safe_load((tree / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == "0.9.0" and str(cited["date-released"]) == "2027-01-31"
    assert "## 0.9.0, 2027-01-31\n" in (tree / "CHANGELOG.md").read_text("utf-8")
    assert run(tree, "--build") == 1 and "commit everything" in capsys.readouterr().err
    commit(tree)
    assert run(tree, "--build") == 0
    archive = tree / "dist" / "down-the-ravine-0.9.0.zip"
    total = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (tree / "dist" / f"{archive.name}.sha256").read_text() == f"{total}  {archive.name}\n"
    tag = (tree / "dist" / "tag.txt").read_text("utf-8")
    assert tag == f"Down the Ravine 0.9.0\n\n- New.\n\nSHA-256 of {archive.name}: {total}\n"
    names = zipfile.ZipFile(archive).namelist()
    assert "down-the-ravine-0.9.0/README.md" in names
    assert all(name.startswith("down-the-ravine-0.9.0/") for name in names)
    first = archive.read_bytes()
    assert run(tree, "--build") == 0 and archive.read_bytes() == first
    assert "git tag -a v0.9.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["1.0"], "not the number"),
        (["1.0.0"], "does not begin"),
        (["0.9.0", "--date", "31.1.2027"], "not a date"),
        (["--build"], "no date"),
        (["--address", "somewhere"], "not a repository address"),
    ],
)
def test_what_cannot_be_released_is_told_and_nothing_is_written(tree, capsys, words, said):
    assert run(tree, *words) == 1
    assert said in capsys.readouterr().err
    left = subprocess.run(["git", "status", "--porcelain"], cwd=tree, capture_output=True).stdout
    assert left == b""


def test_another_address_is_written_wherever_it_stands(tree, capsys):
    old = release.address(tree)
    assert run(tree, "--address", NEW) == 0
    changed = capsys.readouterr().out.split()
    assert {"pyproject.toml", *release.PAGES} <= set(changed)
    assert release.address(tree) == NEW
    assert not [line for line in release.disagreements(tree) if "address" in line]
    assert not [name for name in FILES if old in (tree / name).read_text("utf-8")]


def test_what_does_not_agree_is_named(tree, capsys):
    for name, old, new in (
        ("CITATION.cff", "version: 0", "version: 9"),
        ("hub/README.md", release.address(tree), "https://example.org/elsewhere"),
    ):
        path: Path = tree / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert run(tree, "--check") == 1
    said = capsys.readouterr().out
    assert "CITATION.cff does not say" in said and "hub/README.md does not name" in said
