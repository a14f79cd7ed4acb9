"""Screenshots of every figure and explorer of every lesson, in both themes and three sizes.

    python -m tests.browser.shots FOLDER [NN ...]    all lessons, or these
        --pages                                      also the lesson, screen by screen
        --theme THEME                                light or dark alone
        --width WIDTH                                1366, 1920 or 800 alone
        --root ROOT                                  another tree that holds notebooks/

The last line names FOLDER/index.html, a contact sheet of them all: a row for each picture.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path

from tests.browser.lab import ROOT, Lab, chromium
from tests.browser.page import SIZES, THEMES, LessonPage
from tools.commands import MISUSED, Command
from tools.find import NoLesson, notebooks

# Besides a laptop and a projector: a small window beside the file list.
WINDOWS = (*SIZES, (800, 600))
SHOT = re.compile(r"(?P<picture>.+_\d\d)_(?P<look>(?:light|dark)_\d+x\d+)\.png")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = Command("python -m tests.browser.shots", __doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NN")
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--theme", choices=THEMES, action="append")
    parser.add_argument("--width", type=int, action="append")
    parser.add_argument("--root", type=Path, default=ROOT)
    args = parser.parse_args(argv)
    try:
        names = [path.stem for path in notebooks(args.root, args.names)]
    except NoLesson as error:
        print(error, file=sys.stderr)
        return MISUSED
    sizes = [size for size in WINDOWS if not args.width or size[0] in args.width]
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
    sheet = args.folder / "index.html"
    sheet.write_text(contact_sheet(path.name for path in args.folder.glob("*.png")), "utf-8")
    print(f"All of them: {sheet}")
    return 0


def contact_sheet(files: Iterable[str]) -> str:
    """A page with a row for each picture and a column for each theme and size."""
    found = [match for name in sorted(files) if (match := SHOT.fullmatch(name))]
    looks = sorted({match["look"] for match in found}, key=lambda look: look.partition("_")[::-1])
    names = {match[0] for match in found}
    rows = []
    for picture in dict.fromkeys(match["picture"] for match in found):
        cells = []
        for look in looks:
            name = f"{picture}_{look}.png"
            image = f'<a href="{name}"><img loading="lazy" src="{name}" alt="{escape(name)}"></a>'
            cells.append(f"<td>{image if name in names else ''}</td>")
        rows.append(f"<tr><th>{escape(picture)}</th>{''.join(cells)}</tr>")
    head = "".join(f"<th>{escape(look.replace('_', ' '))}</th>" for look in looks)
    style = "td, th { vertical-align: top; text-align: left } img { width: 300px } "
    style += "body { font: 13px sans-serif; background: #888 } tr > :first-child { width: 9em }"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>All pictures</title>'
        f"<style>{style}</style><table><tr><th></th>{head}</tr>{''.join(rows)}</table></html>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
