"""Write the lessons as a site to read, or as slides to show.

    python3 course.py site                        all lessons, into the folder _site
        --to FOLDER                               into another folder
        --still                                   without Python in the pages; takes a minute
        --no-zip                                  without the zip file to download
        --address URL                             of the front page on the web, for search
                                                  engines and pictures beside links
        --lab URL                                 of what course.py lite builds, full, or
                                                  relative to the site, such as lab/
        --release FOLDER                          take Pyodide from its unpacked release
    python3 course.py slides                      slides of all lessons, into _slides
    python3 course.py slides 01 04 --to FOLDER    of some lessons, into another folder

The outputs are those stored in the lessons; nothing is run but what the animations show. Both need
neither a network nor a kernel: open index.html in the folder. Served by any web host, the pages and
slides of the site move their explorers by Python in the browser, whose parts are fetched once, at
the first build; where they cannot be had, the site is written without.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.commands import MISUSED, Command
from tools.find import NoLesson
from tools.lite.parts import PartError

from .folder import Refused
from .lesson import lessons
from .python import FOLDER, Parts, fetched
from .share import where
from .site import write_site
from .slides import write_slides


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks and return the exit code."""
    parser = Command("python3 course.py", __doc__)
    parser.add_argument("--cwd", default=".", help=argparse.SUPPRESS)
    kinds = parser.add_subparsers(dest="kind", required=True)
    site, slides = (
        kinds.add_parser(kind, called=f"python3 course.py {kind}", page=__doc__)
        for kind in ("site", "slides")
    )
    site.add_argument("--to", metavar="FOLDER")
    site.add_argument("--still", action="store_true")
    site.add_argument("--no-zip", action="store_true")
    site.add_argument("--address", metavar="URL")
    site.add_argument("--lab", metavar="URL")
    site.add_argument("--release", metavar="FOLDER")
    slides.add_argument("lessons", nargs="*", metavar="NN")
    slides.add_argument("--to", metavar="FOLDER")
    asked = parser.parse_args(arguments)
    target = Path(asked.cwd, asked.to or f"_{asked.kind}").resolve()
    try:
        if asked.kind == "site":
            there = where(asked.address, asked.lab)
            write_site(target, None if asked.still else _python(asked), there, not asked.no_zip)
        else:
            write_slides(target, lessons(asked.lessons))
    except (Refused, NoLesson) as reason:
        print(reason, file=sys.stderr)
        return MISUSED if isinstance(reason, NoLesson) else 1
    print(f"Open {target / 'index.html'} in a browser.")
    if (target / FOLDER).exists():
        print(f"With sliders that move freely: python3 -m http.server --directory {target}")
        print("and open http://localhost:8000; docs/PUBLISH.md says how to put it on a host.")
    return 0


def _python(asked: argparse.Namespace) -> Parts | None:
    """What Python in the pages is made of, or None after a word that it cannot be had."""
    try:
        return fetched(Path(asked.cwd, asked.release) if asked.release else None)
    except PartError as error:
        print(f"{error}\nSo the pages are written without Python: their sliders need JupyterLab.",
              file=sys.stderr)  # fmt: skip
        return None


if __name__ == "__main__":
    sys.exit(main())
