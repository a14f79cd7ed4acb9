"""What others see of a page: title, description and picture in a link; the map for machines.

Canonical addresses, the site map and pictures for links need the address of the site, which only
whoever publishes it knows: `--address`. Without it, nothing is said that could be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from . import plan
from .folder import ROOT, Refused

# What networks show beside a link, in pixels.
WIDE, HIGH = 1200, 630


@dataclass(frozen=True)
class Where:
    """Where the site stands on the web, as far as it is known.

    Attributes:
        address: of its front page; it ends with a slash, or is empty.
        lab: of the browser build's front page, seen from the site or whole; empty where there is
            none.
        licences: of the licences of Python in the pages; empty where there is none.
    """

    address: str = ""
    lab: str = ""
    licences: str = ""

    def whole(self, page: str) -> str:
        """The whole address of a page; the front page is that of the folder."""
        return self.address + ("" if page == "index.html" else page)


def where(address: str | None, lab: str | None) -> Where:
    """What the command line says of the addresses.

    Raises:
        Refused: what is given is no address of a site.
    """
    if address:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            raise Refused(
                f"{address} is not a site address: give one such as https://example.org/ravine/."
            )
        address = re.sub(r"(?:/index\.html|/)?$", "/", address, count=1)
    if lab and not lab.endswith(".html"):
        lab = lab.rstrip("/") + "/"
    return Where(address or "", lab or "")


def citation(there: Where, number: str, title: str, page: str) -> str:
    """How a lesson is cited, folded: in words, and as BibTeX."""
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    told = dict(re.findall(r'(?m)^(?:  - )?(name|version|date-released): "?(.+?)"?$', text))
    year, address = told.get("date-released", "")[:4], there.whole(page) if there.address else ""
    course, edition = plan.name(), f"lesson {number}, version {told['version']}"
    fields = {"author": f"{{{told['name']}}}", "title": title, "year": year, "url": address,
              "howpublished": f"{course}, {edition}"}  # fmt: skip
    rows = "".join(f",\n  {name} = {{{x}}}" for name, x in fields.items() if x)
    link = f' <a href="{escape(address)}">{escape(address)}</a>' if address else ""
    words = f"{told['name']}{f' ({year})' if year else ''}: “{title}.” "
    return (
        f'<details class="cite"><summary>Cite this lesson</summary><p>{escape(words, quote=False)}'
        f"<cite>{course}</cite>, {edition}.{link}</p>"
        f"<pre>@misc{{down-the-ravine-{number}{escape(rows, quote=False)}\n}}</pre></details>"
    )


def head(there: Where, page: str, title: str, about: str, picture: str) -> str:
    """The lines of a page's head that others read."""
    kind = "website" if page == "index.html" else "article"
    told = [("name", "description", about)]
    told += [("property", "og:type", kind), ("property", "og:site_name", plan.name())]
    told += [("property", "og:title", title), ("property", "og:description", about)]
    lines = []
    if there.address:
        lines.append(f'<link rel="canonical" href="{escape(there.whole(page))}">')
        told += [
            ("property", "og:url", there.whole(page)),
            ("property", "og:image", there.whole(picture)),
            ("property", "og:image:width", str(WIDE)),
            ("property", "og:image:height", str(HIGH)),
            ("property", "og:image:alt", title),
            ("name", "twitter:card", "summary_large_image"),
        ]
    lines += [f'<meta {kind}="{name}" content="{escape(words)}">' for kind, name, words in told]
    return "\n".join(lines)


def site_map(there: Where, pages: Iterable[str]) -> str:
    """The list of pages for search engines."""
    rows = "".join(f"<url><loc>{escape(there.whole(page))}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )


def robots(there: Where) -> str:
    """What machines may read: everything."""
    known = f"\nSitemap: {there.address}sitemap.xml\n" if there.address else ""
    return f"User-agent: *\nAllow: /\n{known}"
