"""Make a release, or give the course its address.

    python -m tools.release 0.3.0            write the number of the edition and today's date
        --date 2027-01-31                    or another date
    python -m tools.release --build          write archive, checksum and text of the tag to dist/
    python -m tools.release --address URL    write the address of the repository wherever it stands
    python -m tools.release --check          do number, date and address agree? exit 1 if not

CHANGELOG.md has to begin with "## 0.3.0, not yet released". The number stands in pyproject.toml,
CITATION.cff and course_utils, the date in CITATION.cff and CHANGELOG.md, the address in
pyproject.toml, from which whoever needs it reads it, and in pages that cannot read. The archive
is made of the commit that is checked out, so commit first; it is the same wherever it is made.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tools.commands import Command

ROOT = Path(__file__).resolve().parent.parent
NAME = "down-the-ravine"
# Where the number stands, with what is around it.
NUMBERS = {
    "pyproject.toml": r'(?m)^(version = ")[^"]+(")',
    "CITATION.cff": r"(?m)^(version: )\S+()",
    "course_utils/__init__.py": r'(?m)^(__version__ = ")[^"]+(")',
}
# Pages that name the address for somebody to type.
PAGES = ("README.md", "CITATION.cff", "hub/README.md", "docs/ELSEWHERE.md")
OPEN, HEADING = "not yet released", re.compile(r"(?m)^## (?P<number>\d+\.\d+\.\d+), (?P<when>.+)$")
ADDRESS = re.compile(r"https://[\w.-]+\.[a-z]+(/[\w.~-]+)+")


class Refused(Exception):
    """Why there is no release, in a sentence."""


def address(root: Path = ROOT) -> str:
    """The address of the repository, which `git clone` takes."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return project["urls"]["Repository"]


def number(root: Path) -> str:
    """The number of the edition."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def git(root: Path, *words: str) -> str:
    """What git says."""
    try:
        return subprocess.run(
            ["git", *words], cwd=root, capture_output=True, encoding="utf-8", check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as problem:
        raise Refused("A release is made in a clone, but git finds none here.") from problem


def edit(path: Path, pattern: str, new: str) -> None:
    """Replace what a pattern finds, once."""
    text, times = re.subn(pattern, lambda _: new, path.read_text("utf-8"), count=1)
    if not times:
        raise Refused(f"{path.name} lacks the line that is to be changed.")
    path.write_text(text, "utf-8", newline="\n")


def number_and_date(root: Path, edition: str, day: str) -> None:
    """Write the number of an edition and its date wherever they stand."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", edition):
        raise Refused(f"{edition} is not the number of an edition: give one such as 0.3.0.")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise Refused(f"{day} is not a date: give one such as 2027-01-31.") from None
    top = HEADING.search((root / "CHANGELOG.md").read_text("utf-8"))
    if top is None or (top["number"], top["when"]) != (edition, OPEN):
        raise Refused(f'CHANGELOG.md does not begin with "## {edition}, {OPEN}": write that.')
    for file, pattern in NUMBERS.items():
        found = re.search(pattern, (root / file).read_text("utf-8"))
        edit(root / file, pattern, f"{found[1]}{edition}{found[2]}" if found else "")
    edit(root / "CHANGELOG.md", re.escape(top[0]), f"## {edition}, {day}")
    citation = root / "CITATION.cff"
    kept = re.sub(r"(?m)^date-released: .*\n", "", citation.read_text("utf-8"))
    citation.write_text(kept, "utf-8", newline="\n")
    edit(citation, r"(?m)^version: .*$", f"version: {edition}\ndate-released: {day}")


def notes(root: Path) -> str:
    """What changed in this edition: the topmost section of CHANGELOG.md."""
    text = (root / "CHANGELOG.md").read_text("utf-8")
    top, *others = HEADING.finditer(text)
    return text[top.end() : others[0].start() if others else None].strip() + "\n"


def build(root: Path) -> list[Path]:
    """Write the archive, its checksum and the text of the tag."""
    edition = number(root)
    if git(root, "status", "--porcelain").strip():
        raise Refused("The archive is made from the commit: commit everything first.")
    top = HEADING.search((root / "CHANGELOG.md").read_text("utf-8"))
    if top is None or top["number"] != edition or top["when"] == OPEN:
        raise Refused(
            f"CHANGELOG.md has no date for {edition}: run python -m tools.release {edition}."
        )
    folder = root / "dist"
    folder.mkdir(exist_ok=True)
    archive = folder / f"{NAME}-{edition}.zip"
    git(root, "archive", "--format=zip", f"--prefix={NAME}-{edition}/", "-o", str(archive), "HEAD")
    total = hashlib.sha256(archive.read_bytes()).hexdigest()
    checksum = archive.with_suffix(".zip.sha256")
    checksum.write_text(f"{total}  {archive.name}\n", "ascii", newline="\n")
    tag = folder / "tag.txt"
    words = f"Down the Ravine {edition}\n\n{notes(root)}\nSHA-256 of {archive.name}: {total}\n"
    tag.write_text(words, "utf-8", newline="\n")
    return [archive, checksum, tag]


def move(root: Path, new: str) -> list[str]:
    """Write a new address in the place of the old one; the files that changed."""
    if not ADDRESS.fullmatch(new):
        raise Refused(f"{new} is not a repository address: give https, host and path.")
    old, changed = address(root), []
    for name in git(root, "ls-files", "-z").split("\0"):
        path = root / name
        if name and path.is_file() and old.encode() in (data := path.read_bytes()):
            path.write_bytes(data.replace(old.encode(), new.encode()))
            changed.append(name)
    return changed


def disagreements(root: Path) -> Iterator[str]:
    """What does not agree, a sentence each."""
    edition, there = number(root), address(root)
    for file, pattern in NUMBERS.items():
        found = re.search(pattern, (root / file).read_text("utf-8"))
        if found is None or edition not in found[0]:
            yield f"{file} does not say {edition}, as pyproject.toml does."
    top = HEADING.search((root / "CHANGELOG.md").read_text("utf-8"))
    if top is None:
        yield "CHANGELOG.md has no edition."
    elif top["when"] != OPEN:
        if top["number"] != edition:
            yield f"CHANGELOG.md begins with {top['number']}, and the edition is {edition}."
        if f"date-released: {top['when']}\n" not in (root / "CITATION.cff").read_text("utf-8"):
            yield f"CITATION.cff does not say that {top['number']} is dated {top['when']}."
    for page in PAGES:
        if there not in (root / page).read_text("utf-8"):
            yield f"{page} does not name the address {there}."


def main(argv: list[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = Command("python -m tools.release", __doc__)
    parser.add_argument("edition", nargs="?")
    parser.add_argument("--date", default=date.today().isoformat())
    parser.add_argument("--build", action="store_true")
    parser.add_argument("--address")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    try:
        if asked.edition:
            number_and_date(asked.root, asked.edition, asked.date)
            print("Commit this; then write the archive: python -m tools.release --build")
        elif asked.build:
            *made, tag = build(asked.root)
            print("\n".join(f"written: {path}" for path in (*made, tag)))
            edition = number(asked.root)
            print(f"Now: git tag -a v{edition} -F {tag}, push it, and put the archive beside it.")
        elif asked.address:
            print("\n".join(move(asked.root, asked.address)))
        elif asked.check:
            found = list(disagreements(asked.root))
            print("\n".join(found) or "Number, date and address agree.")
            return int(bool(found))
        else:
            parser.error("nothing was asked for")
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
