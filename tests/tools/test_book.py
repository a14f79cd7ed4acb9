"""The book around the pages: map, search, what others see, the archive, the workflow files."""

import hashlib
import re
import shlex
import zipfile
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup

from tools.lite import __main__ as lite
from tools.publish import __main__ as publish
from tools.publish import archive, plan, preview, search, share, site
from tools.publish.folder import ASSETS, OURS, ROOT, Refused, write
from tools.publish.formulas import mathml
from tools.publish.lesson import asked_in, lessons
from tools.publish.slides import contents, deck

LESSONS = {lesson.number: lesson for lesson in lessons(["00", "04"])}
ADDRESS = "https://example.org/ravine/"
THERE = share.where(ADDRESS, "lab")


def soup(html):
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def found():
    """What the search has of two lessons and the sheet, by address."""
    return {section.link: section for section in search.sections(list(LESSONS.values()))}


def test_the_tracks_lead_through_the_lessons_that_they_name():
    tracks = {track.name.lower(): track.about for track in plan.tracks()}
    assert list(tracks) == ["lecture", "workshop", "whole"]
    through = {name: [r.number for r in plan.rows() if name in r.tracks] for name in tracks}
    assert through["lecture"] == re.findall(r"\b\d\d\b", tracks["lecture"].partition(":")[2])
    first, last = re.findall(r"\b\d\d\b", tracks["workshop"])
    assert through["workshop"] == [r.number for r in plan.rows() if first <= r.number <= last]
    assert through["whole"] == [row.number for row in plan.rows()]
    assert [row.stem for row in plan.rows()] == [lesson.path.stem for lesson in lessons()]


def test_the_front_page_marks_each_track_at_its_lessons():
    table = soup(site.index_page()).table
    heads = [head.get_text() for head in table.thead.find_all("th")]
    for row, shown in zip(plan.rows(), table.tbody.find_all("tr"), strict=True):
        cells = dict(zip(heads[1:], shown.find_all("td"), strict=True))
        marked = {name.lower() for name in heads[3:] if cells[name].get_text()}
        assert marked == set(row.tracks)


def test_a_lesson_leads_on_and_back_and_to_its_other_forms():
    first, second = LESSONS["00"], LESSONS["04"]
    shown = soup(site.lesson_page(second, (), (first, None), THERE))
    assert shown.find("link", rel="prev")["href"] == shown.find("a", rel="prev")["href"]
    assert shown.find("a", rel="prev")["href"] == first.page and not shown.find("a", rel="next")
    links = {a["href"] for a in shown.find_all("a")}
    assert {"index.html", "terms.html", "knobs.html", f"slides/{second.page}"} <= links
    assert f"lab/lab/index.html?path=notebooks/{second.path.name}" in links
    marks = {element.get("id") for element in shown.find_all(id=True)}
    contents = [a["href"][1:] for a in shown.select(".contents nav a")]
    assert len(contents) > 10 and set(contents) <= marks


def test_the_slides_of_the_site_show_its_pictures_and_lead_to_its_pages():
    lesson = LESSONS["04"]
    shown = soup(deck(lesson, "../"))
    files = {e.get("src") or e["srcset"] for e in shown.select("img, source")}
    assert files and all(name.removeprefix("../") in lesson.pictures for name in files)
    assert all(name.startswith("../") for name in files)
    assert shown.find("a", href=f"../{lesson.page}") and shown.find("a", href="index.html")
    assert soup(contents([lesson], "../")).find("a", href="../index.html")
    alone = soup(deck(lesson))
    assert {e.get("src") or e["srcset"] for e in alone.select("img, source")} == set(
        name.removeprefix("../") for name in files
    )
    assert not alone.find("a", href=re.compile(r"\.\./"))


def test_what_is_found_is_there(found):
    for lesson in LESSONS.values():
        marks = {e["id"] for e in soup(site.lesson_page(lesson, (), (None,))).find_all(id=True)}
        mine = {link for link in found if link.startswith(lesson.page)}
        headings = [h for h in lesson.headings if not lesson.further(h)]
        assert len(mine) == len(headings)
        for link in mine:
            assert index_of(link) in marks, f"{link} leads nowhere"
    rows = {e["id"] for e in soup(site.knobs_page()).find_all("tr", id=True)}
    sheet = {index_of(link) for link in found if link.startswith("knobs.html")}
    assert sheet == rows and len(rows) > 10


def index_of(link):
    """The anchor of a link, as an element has it."""
    return unquote(link.partition("#")[2])


def test_a_section_is_found_by_the_terms_of_the_index(found):
    named = [section for section in found.values() if "velocity" in section.terms]
    assert named and all(section.link.startswith("04_") for section in named)


def test_the_search_tells_no_answer_that_a_page_holds_back(found):
    told = " ".join(section.text for section in found.values())
    asked = [asked_in(p.source) for p in LESSONS["04"].pieces if p.kind == "predict"]
    held = [question for question in asked if question.because]
    assert held
    for question in held:
        assert question.because not in told
        assert question.ask.partition("{")[0] in told


def test_a_formula_is_one_line_of_text():
    for latex, line in (
        (r"\frac{1}{1 - \beta}", "1/(1−β)"),
        (r"\sqrt{\kappa}", "√κ"),
        (r"w_{t}^{2}", "w_t^2"),
        (r"\mathrm{mean}(d)", "mean(d)"),
    ):
        assert search.plain(f"<p>{mathml(latex)}</p>") == line


def test_the_library_is_the_one_that_its_makers_published():
    data = (ASSETS / search.LIBRARY).read_bytes()
    assert hashlib.sha256(data).hexdigest() == search.SHA256
    assert "sourceMappingURL" not in search.library() and "Luca Ongaro" in search.library()


def test_without_an_address_nothing_is_said_of_one():
    html = site.index_page() + site.missing_page(share.Where())
    for word in ("canonical", "og:url", "og:image", "twitter", "http-equiv", "<base"):
        assert word not in html
    assert "Sitemap" not in share.robots(share.Where())
    assert soup(html).find("meta", attrs={"name": "description"})["content"] == plan.lead()


def test_with_an_address_each_page_names_its_own():
    shown = soup(site.lesson_page(LESSONS["04"], (), (None,), THERE))
    told = {m.get("property") or m.get("name"): m["content"] for m in shown.find_all("meta")[2:]}
    own = f"{ADDRESS}{LESSONS['04'].page}"
    assert shown.find("link", rel="canonical")["href"] == told["og:url"] == own
    assert told["og:image"] == f"{ADDRESS}images/preview-04.png"
    cited = shown.select_one("details.cite").get_text()
    file = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert "Straighten the path with memory" in cited and cited.count(own) == 2
    assert f"version {file['version']}" in cited and file["authors"][0]["name"] in cited
    assert told["description"].startswith(plan.row("04").question)
    assert shown.title.get_text() == f"{LESSONS['04'].title} | {plan.name()}"
    front = soup(site.index_page(there=THERE))
    assert front.find("link", rel="canonical")["href"] == ADDRESS
    assert front.find("a", href="lab/")


def test_every_description_is_its_own():
    pages = [site.lesson_page(one, (), (None,)) for one in LESSONS.values()]
    pages += [site.index_page(), site.terms_page(), site.knobs_page()]
    told = [soup(html).find("meta", attrs={"name": "description"})["content"] for html in pages]
    assert len(set(told)) == len(told) and all(20 < len(words) < 400 for words in told)


def test_an_address_that_is_none_is_refused():
    for given in ("example.org", "ftp://example.org/", "https://a.org/?x=1"):
        with pytest.raises(Refused, match="is not a site address"):
            share.where(given, None)


@pytest.mark.parametrize("given", [ADDRESS, ADDRESS[:-1], ADDRESS + "index.html"])
def test_an_address_is_that_of_the_folder(given):
    assert share.where(given, None).address == ADDRESS


def test_the_site_map_lists_the_pages():
    made = share.site_map(THERE, ["index.html", "04_momentum.html"])
    places = [place.text for place in ElementTree.fromstring(made).findall(".//{*}loc")]
    assert places == [ADDRESS, f"{ADDRESS}04_momentum.html"]
    assert f"Sitemap: {ADDRESS}sitemap.xml" in share.robots(THERE)


def test_a_page_that_is_not_there_leads_home_from_every_folder():
    shown = soup(site.missing_page(THERE))
    assert shown.base["href"] == ADDRESS
    assert shown.find("meta", attrs={"name": "robots"})["content"] == "noindex"
    assert not shown.find("link", rel="canonical") and not shown.find("meta", property="og:url")
    first = next(e for e in shown.head.find_all(["base", "link", "script"]))
    assert first.name == "base", "what stands before it is looked for in the wrong folder"


def test_the_picture_beside_a_link_has_its_size_and_the_same_bytes(tmp_path):
    for name in ("one.png", "two.png"):
        preview.draw(tmp_path / name, LESSONS["04"].title, plan.row("04").question)
    data = (tmp_path / "one.png").read_bytes()
    assert data[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
    assert data == (tmp_path / "two.png").read_bytes() and len(data) < 200_000


def test_the_archive_is_the_site_and_the_same_each_time(tmp_path):
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        write(folder / OURS, "ours")
        for page in ("slides/04.html", "index.html") if name == "one" else ("index.html",):
            write(folder / page, page)
        write(folder / "slides/04.html", "slides/04.html")
        size = archive.write_archive(folder)
        assert size == archive.write_archive(folder), "the archive packs itself"
        made.append((folder / archive.NAME).read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "one" / archive.NAME) as packed:
        names = [f"{archive.FOLDER}/{name}" for name in ("README.txt", "index.html")]
        assert packed.namelist() == [*names, f"{archive.FOLDER}/slides/04.html"]
        assert packed.read(names[1]) == b"index.html"


def test_the_size_of_the_archive_stands_on_the_page_that_it_holds(tmp_path):
    write(tmp_path / "heavy.bin", "".join(chr(33 + k * k % 90) for k in range(2_000_000)))
    site._pack(tmp_path, lambda size: site.index_page(size=size))
    size = (tmp_path / archive.NAME).stat().st_size
    with zipfile.ZipFile(tmp_path / archive.NAME) as packed:
        front = packed.read(f"{archive.FOLDER}/index.html").decode()
    assert front == (tmp_path / "index.html").read_text("utf-8")
    assert f"zip file, {archive.megabytes(size)}" in front


@pytest.mark.parametrize("name", ["pages.yml", "pages.gitlab-ci.yml"])
def test_a_workflow_file_calls_commands_that_are_there(name, capsys):
    told = yaml.safe_load((ROOT / "docs" / name).read_text("utf-8"))
    jobs = told["jobs"]["site"]["steps"] if "jobs" in told else []
    lines = [step["run"] for step in jobs if "run" in step] or told["pages"]["script"]
    folders = []
    for line in lines:
        python, course, kind, *given = shlex.split(line)
        assert (python, course) == ("python3", "course.py")
        main = {"site": publish.main, "lite": lite.main}[kind]
        with pytest.raises(SystemExit):
            main(["site", "--help"] if kind == "site" else ["--help"])
        known = capsys.readouterr().out
        for word in given:
            assert not word.startswith("--") or re.search(rf"{word}\b", known), word
        folders.append(given[given.index("--to") + 1])
    if jobs:
        (kept,) = (step["with"]["path"] for step in jobs if "upload" in step.get("uses", ""))
        assert folders == [kept, f"{kept}/lab"]
        assert told[True] == {"push": {"branches": ["main"]}, "workflow_dispatch": None}
    else:
        assert folders == told["pages"]["artifacts"]["paths"]
