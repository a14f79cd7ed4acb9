"""Figures, films and stills: of the theme of the page, also where the notebook is not trusted."""

from __future__ import annotations

import io
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image
from playwright.sync_api import expect

from course_utils.explorers import Cycle
from course_utils.figures import Captioned, canvas
from course_utils.svg import framed
from course_utils.svg.palette import SURFACES

FIGURE = """from course_utils.figures import Captioned, canvas
figure, (left, right) = canvas(2)
left.plot([1, 2])
Captioned(figure, "A line that rises from 1 to 2.")"""
FILM = "from course_utils.explorers import Cycle\nCycle().filmstrip({'step': 3})"
SHOWN = ".jp-Notebook .drc-figure"
LOADED = """e => e.decode().then(() => e.naturalWidth > 0)"""


@pytest.fixture(scope="module")
def page(open_code):
    """A figure and a film in a notebook that was run here."""
    shown = open_code("figures", FIGURE, FILM)
    assert not shown.bad_outputs, shown.bad_outputs
    return shown


def has_card(image, colour: str) -> bool:
    """Whether a picture's card comes to have a colour, near its corner, as it is on the screen.

    An image of the other theme is painted when Chromium finds the time.
    """
    image.scroll_into_view_if_needed()
    wanted, end = code(colour), time.monotonic() + 5
    while True:
        if Image.open(io.BytesIO(image.screenshot())).convert("RGB").getpixel((8, 8)) == wanted:
            return True
        if time.monotonic() > end:
            return False
        image.page.wait_for_timeout(50)


def code(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_are_of_jupyterlabs_theme_whatever_the_systems(page, theme, scheme):
    page.page.emulate_media(color_scheme=scheme)
    page.look(theme)
    for image in page.page.locator(f"{SHOWN} img").all():
        assert image.evaluate(LOADED)
        assert has_card(image, SURFACES["card"][theme == "dark"])
    page.page.emulate_media(color_scheme="light")
    page.look()


def test_a_narrow_window_gets_the_narrow_form(page):
    image = page.page.locator(f"{SHOWN} img").first
    shape = "e => [e.naturalWidth, e.naturalHeight, e.getBoundingClientRect().width]"
    page.look(size=(1366, 768))
    wide = image.evaluate(shape)
    page.look(size=(700, 768))
    image.evaluate(LOADED)
    page.page.wait_for_function("e => e.naturalWidth < 500", arg=image.element_handle())
    narrow = image.evaluate(shape)
    assert wide[0] > 900 > 500 > narrow[0] and narrow[1] > wide[1]
    assert 12.5 * narrow[2] / 316.8 > 11 and 12.5 * wide[2] / 648 > 11
    page.look()


def test_an_untrusted_notebook_shows_each_picture_and_its_caption_once(lab, pages):
    """As on Binder, where nobody signs the lessons: what was stored is shown, and nothing is lost.

    The theme is the system's there, which is light here.
    """
    explorer, film = Cycle(), Cycle().filmstrip({"step": 3})
    figure, ax = canvas()
    ax.plot([1, 2])
    plot = Captioned(figure, "A line that rises from 1 to 2.")
    pairs = [(c.caption, framed(c.caption, *c.forms())) for c in (plot, film)]
    bundle = explorer.bundle()
    pairs.append((bundle["text/plain"], bundle["text/html"]))
    cells = [
        new_code_cell(
            "1", outputs=[new_output("display_data", {"text/html": html, "text/plain": words})]
        )
        for words, html in pairs
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab.folder / "untrusted.ipynb")
    lesson = pages.lesson("untrusted").open().look()
    trusted = "() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.trusted"
    assert lesson.page.evaluate(trusted) is False
    images = lesson.page.locator(f"{SHOWN} img")
    expect(images).to_have_count(3)
    for image, (words, _) in zip(images.all(), pairs, strict=True):
        assert image.evaluate(LOADED)
        expect(image).to_have_attribute("alt", words)
        assert has_card(image, SURFACES["card"][0])
    said = lesson.page.locator(".jp-Notebook .jp-OutputArea").all_inner_texts()
    assert [text.strip() for text in said] == [words for words, _ in pairs]
    pages.put_back(lesson)
