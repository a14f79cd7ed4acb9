"""Build the course as a static site that runs in a browser, without any installation.

    python3 course.py lite                 build the site into build/lite/site
        --to FOLDER                        build it into another folder instead
        --check [NN ...]                   then try all lessons, or these, in a browser, offline
        --write                            and put what was seen into docs/ZERO_INSTALL.md
        --pages URL                        link to the pages that `course.py site` writes
        --release FOLDER                   take Pyodide from its unpacked release
        --pin FOLDER                       choose another Pyodide: its unpacked npm package

With --check, Chromium and the packages of the tests are needed too.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tools.commands import MISUSED, Command  # noqa: E402
from tools.find import NoLesson, notebooks  # noqa: E402
from tools.lite import parts, site  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Build the site, check it if asked, and return the exit code."""
    parser = Command("python3 course.py lite", __doc__)
    parser.add_argument("--cwd", type=Path, default=Path.cwd(), help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, default=parts.BUILD / "site")
    parser.add_argument("--check", nargs="*", metavar="NN")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--pages", metavar="URL", default="")
    parser.add_argument("--release", type=Path)
    parser.add_argument("--pin", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.pin:
            parts.pin(given.cwd / given.pin)
            return 0
        return build_and_check(given)
    except (parts.PartError, NoLesson) as error:
        print(error, file=sys.stderr)
        return MISUSED if isinstance(error, NoLesson) else 1


def build_and_check(given: argparse.Namespace) -> int:
    """Build the site; with ``--check``, the exit code says whether every lesson went well."""
    to, release = given.cwd / given.to, given.release and given.cwd / given.release
    notebooks(parts.ROOT, given.check or ())  # who asks for no lesson is told at once
    begun = time.monotonic()
    site.build(to, release, given.pages)
    print(f"{to}: {site.megabytes(to)} MB, built in {time.monotonic() - begun:.0f} s. Try it with")
    print(f"    python3 -m http.server --directory {to}")
    if given.check is None:
        return 0
    from tools.lite.check import check, write

    seen = check(to, given.check)
    if given.write:
        write(seen, site.megabytes(to))
    return int(any(one.faults for one in seen))


if __name__ == "__main__":
    sys.exit(main())
