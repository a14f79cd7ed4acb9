"""Screenshots of every figure and explorer of every lesson, in both themes and both sizes.

python -m tests.browser.shots FOLDER [NAMES...] [--pages]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.browser.lab import ROOT, Lab, chromium
from tests.browser.page import SIZES, THEMES, LessonPage
from tools.find import NoLesson, notebooks


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("names", nargs="*", metavar="NAME", help="lessons, by number or name")
    parser.add_argument("--pages", action="store_true", help="also the lesson, screen by screen")
    parser.add_argument("--theme", choices=THEMES, action="append", help="default: both")
    parser.add_argument("--width", type=int, action="append", help="1366, 1920; default: both")
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree that holds notebooks/")
    args = parser.parse_args(argv)
    try:
        names = [path.stem for path in notebooks(args.root, args.names)]
    except NoLesson as error:
        print(error, file=sys.stderr)
        return 1
    sizes = [size for size in SIZES if not args.width or size[0] in args.width]
    with Lab(args.root.resolve()) as lab, chromium() as browser:
        for name in names:
            page = LessonPage(browser.new_context().new_page(), lab, name).open().run()
            for theme in args.theme or THEMES:
                for size in sizes:
                    files = page.shoot_all(args.folder, theme, size)
                    if args.pages:
                        files += page.shoot_screens(args.folder, theme, size)
                    print(f"{name}, {theme}, {size[0]} × {size[1]}: {len(files)} pictures")
            for line in page.bad_outputs + page.complaints:
                print(f"{name}: {line}", file=sys.stderr)
            page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
