"""Every lesson in a real browser: runs, complains of nothing, works by keyboard, stays in place."""

from __future__ import annotations

import pytest

from tests.browser.checks import (
    deaf_sliders,
    jumping_players,
    outside,
    pressed_sliders,
    unnamed_controls,
    without_player,
)
from tests.browser.page import EXPLORER, LAYER

COUNTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code').map(cell => cell.model.executionCount)"""


@pytest.fixture(scope="session")
def pressed(lesson):
    """The sliders of a lesson, each after its keys."""
    return pressed_sliders(lesson)


def test_runs_without_errors(lesson):
    assert not lesson.bad_outputs
    # Asked of the notebook: a folded cell shows no number.
    counts = lesson.page.evaluate(COUNTS)
    assert counts and all(counts)


def test_explorers_draw(lesson):
    explorers = [e for e in lesson.page.locator(EXPLORER).all() if e.is_visible()]
    players = [explorer.locator(LAYER).last.bounding_box() for explorer in explorers]
    assert all(box["width"] > 200 and box["height"] > 100 for box in players)


def test_controls_have_names(lesson):
    assert not unnamed_controls(lesson)


def test_sliders_work_by_keyboard(pressed):
    assert not deaf_sliders(pressed)


def test_players_stay_in_place(lesson, pressed):
    assert not without_player(lesson)
    assert not jumping_players(pressed)


def test_browser_has_no_complaints(lesson):
    assert not lesson.complaints


def test_explorers_fit_on_the_screen(lesson):
    assert not outside(lesson)
