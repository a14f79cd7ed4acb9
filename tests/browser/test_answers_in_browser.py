"""Predictions, exercises and the twelve questions of a page, in Chromium: the test is the worker.

With Pyodide as the worker they are tried by ``python -m tests.browser.live_answers``.
"""

from __future__ import annotations

import contextlib
import json
from importlib import import_module

import pytest
from playwright.sync_api import expect

from course_utils.exercises import check, progress
from course_utils.exercises.headless import endless
from course_utils.exercises.predictions import measured, predictions
from course_utils.exercises.sandbox import LONGEST
from course_utils.exercises.session import SESSION
from course_utils.explorers import Directions, ZigZag
from course_utils.explorers.headless import packed, unpacked
from course_utils.inventory import ITEMS
from course_utils.inventory.gather import gather
from tests.browser.test_live_pages_in_browser import WORKER, write_pages
from tests.browser.test_site_in_browser import serious
from tests.each import each
from tools.lite.browser import served
from tools.publish.folder import write
from tools.publish.players import players

SHOWN = {
    "00": "00_start_here", "01": "01_the_ravine", "04": "04_momentum", "06": "06_rmsprop"
}  # fmt: skip
# As a call that no watchdog reaches: what is checked hangs while the page says so.
HANGS = 'call?.name === "endless"'
STUCK = '(call?.name === "checked" && window.stuck)'
PATIENCE = 3000  # ms that the page of this test waits for an answer, instead of seconds
KERNEL = "def my_momentum(w, g, v, *, lr, beta):\n    v *= beta\n    v -= lr * g\n    w += v"
RIGHT = {n: item.right for n, item in ITEMS.items()}
KEPT = "() => Object.keys(localStorage).filter((name) => name.startsWith('down-the-ravine/'))"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Some pages as they are where Python is, with the explorers of one; folder and address."""
    folder = tmp_path_factory.mktemp("answers")
    write_pages(folder, SHOWN, lambda lesson: players(lesson) if lesson.number == "01" else ())
    script = (folder / "player.js").read_text("utf-8")
    limit = f'"limit": {round(1000 * LONGEST)}'
    assert limit in script
    write(folder / "player.js", script.replace(limit, f'"limit": {PATIENCE}'))
    with served(folder) as address:
        yield folder, address


@pytest.fixture
def opened(browser, pages):
    """`opened(number)`: the page of a lesson whose Python is this one; one reader opens all."""
    left = contextlib.ExitStack()
    context = browser.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    left.callback(context.close)

    def call(module: str, name: str, args: str) -> str:
        return json.dumps(getattr(import_module(module), name)(*json.loads(args)))

    def open_page(number: str, size=None, address=None, before=""):
        page = context.new_page()
        page.add_init_script(before)
        page.expose_function("call", call)
        page.add_init_script(WORKER.replace(HANGS, f"{HANGS} || {STUCK}"))
        if size:
            page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{address or pages[1]}/{SHOWN[number]}.html")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        return page

    with left:
        yield open_page
    SESSION.forget()


def form(page, key):
    """The form of a prediction or an exercise."""
    found = page.evaluate_handle(
        """(key) => [...document.querySelectorAll('.answer-form')].find(
            (form) => JSON.parse(form.querySelector('script').textContent).key === key)""",
        key,
    )
    assert found.as_element(), f"there is no form of {key}"
    return page.locator(f"#{found.evaluate('(form, id) => (form.id = id)', mark(key))}")


def mark(key):
    return "form-" + "".join(c if c.isalnum() else "-" for c in key)


def answer(page, key, text):
    """Type and press Check; what is said."""
    one = form(page, key)
    (one.locator("textarea, input[type=text]").first).fill(text)
    one.get_by_role("button", name="Check").click()
    expect(one).not_to_have_attribute("aria-busy", "true")
    return one.locator(".said").inner_text()


def words(feedback):
    """A sentence of a check as a page shows it."""
    return " ".join(repr(feedback).replace("`", "").replace("“", '"').split())


def said_like(seen, feedback):
    """Whether a page says what a check says; links stand without quotation marks there."""
    told = words(feedback).partition(" Read again:")[0]
    return " ".join(seen.split()).startswith(told)


TEN = [
    ("01", "best rate", "2/(lambda1 + lambda2)"), ("01", "best rate", "2/lambda1"),
    ("01", "stability limit", "2/lambda1"), ("01", "stability limit", "1/lambda1"),
    ("01", "worst angle", "78.58"), ("01", "worst angle", "90"),
    ("01", "reach 1e-6", "0.0764"), ("01", "reach 1e-6", "0.09"),
    ("04", "gain ratio", "(1 + beta)/(1 - beta)"), ("04", "gain ratio", "1/(1 - beta)"),
    ("04", "convert the rate", "lr*(1 - beta)"), ("04", "convert the rate", "lr/(1 - beta)"),
    ("04", "unrolled", "-lr*beta**2"), ("04", "unrolled", "lr*beta**2"),
    ("00", "first step", "w - lr*g"), ("00", "first step", "w + <b>lr</b>*g"),
]  # fmt: skip


def test_right_and_wrong_answers_get_the_sentences_of_the_checks(opened):
    held = {}
    for number, key, text in TEN:
        page = held.setdefault(number, None) or opened(number)
        held[number] = page
        value = {"lr": float(text)} if key == "reach 1e-6" else text
        assert said_like(answer(page, key, text), check(key, value)), key


def test_a_kernel_is_written_with_tab_checked_by_keys_and_left_by_escape(opened):
    page = opened("04")
    one = form(page, "momentum")
    area = one.get_by_label("Your code")
    start = area.input_value()
    area.press("Control+End")
    area.press("Home")
    area.press("Tab")
    assert area.input_value() == start.replace("    ...", "        ...")
    area.press("Shift+Tab")
    assert area.input_value() == start
    area.fill("")
    for k, line in enumerate(KERNEL.splitlines()):
        page.keyboard.type(line.strip())
        if k < 3:
            page.keyboard.press("Enter")
    assert area.input_value() == KERNEL
    page.keyboard.press("Control+Enter")
    expect(one.get_by_role("status").filter(has_text="Right.")).to_be_visible()
    assert said_like(one.locator(".said").inner_text(), check("momentum", kernel()))
    area.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Check"
    one.get_by_role("button", name="Start again").click()
    assert area.input_value() == start


def kernel():
    scope = {}
    exec(KERNEL, scope)
    return scope["my_momentum"]


def test_hints_come_one_by_one_and_the_solution_when_it_is_asked_for(opened):
    one = form(opened("04"), "momentum")
    steps = one.locator(".help > div")
    for k in (1, 2, 3):
        one.get_by_role("button", name="Hint").click()
        assert steps.count() == k
    expect(one.get_by_role("button", name="No more hints")).to_be_disabled()
    one.get_by_role("button", name="Solution").click()
    expect(one.locator(".help pre")).to_contain_text("v -= lr * g")


def test_an_endless_answer_is_stopped_and_nothing_else_is_lost(opened):
    page = opened("04")
    assert "Right." in answer(page, "gain ratio", "(1 + beta)/(1 - beta)")
    page.evaluate("() => { window.stuck = true; }")
    seen = answer(page, "momentum", "def my_momentum(w, g, v, *, lr, beta):\n    forever()")
    assert said_like(seen, endless("momentum"))
    page.evaluate("() => { window.stuck = false; }")
    assert "forever" in form(page, "momentum").get_by_label("Your code").input_value()
    assert "Right." in form(page, "gain ratio").locator(".said").inner_text()
    assert "Right." in answer(page, "momentum", KERNEL)
    assert page.evaluate("() => window.started") == 2


def test_who_would_not_wait_stops_it(opened):
    page = opened("04")
    page.evaluate("() => { window.busy = true; }")
    one = form(page, "gain ratio")
    one.locator("input").fill("beta")
    one.get_by_role("button", name="Check").click()
    one.get_by_role("button", name="Stop").click()
    expect(one).not_to_have_attribute("aria-busy", "true")
    assert one.locator(".said").inner_text() == "" and one.locator("input").input_value() == "beta"


def test_a_prediction_locks_without_python_and_stays_locked(opened):
    """So does one whose truth the lesson measures."""
    for key in ("04 gain ratio", "06 no rate"):
        page, question = opened(key[:2]), predictions()[key]
        truth = measured()[key]["truth"] if question.measured else question.find_truth()
        one = form(page, key)
        one.get_by_role("button", name="Lock in").click()
        assert one.locator(".said").inner_text() == "Choose one of the answers first."
        wrong = next(x for x in question.options if x != truth)
        one.get_by_role("radio", name=wrong, exact=True).check()
        one.get_by_role("button", name="Lock in").click()
        for again in (page, opened(key[:2])):
            one = form(again, key)
            told = one.locator(".said").inner_text()
            assert f"it is\t{truth}" in told and question.verdict(wrong, truth) in told
            expect(one.get_by_role("button", name="Locked in")).to_be_disabled()
            expect(one.get_by_role("radio", name=wrong, exact=True)).to_be_checked()
            expect(one.get_by_role("radio", name=wrong, exact=True)).to_be_disabled()
        assert page.evaluate("() => window.started") is None


def test_a_prediction_opens_its_explorer_when_it_is_locked_and_not_before(opened):
    page, explorers = opened("01"), {"01 runs away": ZigZag, "01 thirty directions": Directions}
    for key, kind in explorers.items():
        one = form(page, key)
        there = page.locator(f"#{mark(key)} + .opened")
        expect(there).to_be_hidden()
        one.get_by_role("radio").first.check()
        one.get_by_role("button", name="Lock in").click()
        expect(there.get_by_role("slider", name="step")).to_be_visible()
        name, state = next(iter(kind.presets.items()))
        there.get_by_role("button", name=name).click()
        wanted = unpacked(packed(kind(**({"n": 30} if kind is Directions else {}))))
        wanted.explorer.preset(name)
        expect(there.locator(".drc-status")).to_have_text(wanted.explorer.caption())
    again = opened("01")
    for key in explorers:
        assert form(again, key)
        expect(again.locator(f"#{mark(key)} + .opened .play")).to_be_visible()
    again.get_by_role("button", name="Clear all").click()
    again.get_by_role("button", name="Yes, clear").click()
    assert again.locator(".opened:visible").count() == 0


def test_a_number_is_refused_in_words_and_compared_when_python_is_there(opened):
    page = opened("00")
    question = predictions()["00 patience"]
    one = form(page, question.key)
    for text, told in (("soon", "Type a number first"), ("1e9", "This is out of range")):
        one.locator("input").fill(text)
        one.get_by_role("button", name="Lock in").click()
        assert one.locator(".said").inner_text() == f"{told}: {question.form}."
    one.locator("input").fill("50,0")
    one.get_by_role("button", name="Lock in").click()
    assert "44 steps" in one.locator(".said").inner_text()
    answer(page, "first step", "w")
    expect(one.locator(".said")).to_contain_text(question.verdict(50, 44))


def test_what_was_typed_is_there_when_the_page_is_opened_again(opened):
    page = opened("04")
    answer(page, "gain ratio", "beta")
    answer(page, "momentum", KERNEL)
    form(page, "unrolled").locator("input").fill("half an idea")
    page.close(run_before_unload=False)
    page = opened("04")
    assert form(page, "gain ratio").locator("input").input_value() == "beta"
    assert "Not yet" in form(page, "gain ratio").locator(".said").inner_text()
    assert form(page, "momentum").get_by_label("Your code").input_value() == KERNEL
    assert "Solved" in form(page, "momentum").locator(".said").inner_text()


def saved(page, press):
    with page.expect_download() as waiting:
        press.click()
    return waiting.value


def test_saved_as_a_file_that_lessons_read_cleared_and_read_back(opened, tmp_path, monkeypatch):
    page = opened("04")
    answer(page, "gain ratio", "(1 + beta)/(1 - beta)")
    one = form(page, "04 gain ratio")
    one.get_by_role("radio").first.check()
    one.get_by_role("button", name="Lock in").click()
    mine = page.locator(".mine")
    file = tmp_path / "my_progress.jsonl"
    download = saved(page, mine.get_by_role("button", name="Save as a file"))
    assert download.suggested_filename == file.name
    download.save_as(file)
    monkeypatch.setenv(progress.PLACE, str(file))
    SESSION.forget()
    assert SESSION.checks == {"gain ratio": True} and "04 gain ratio" in SESSION.predictions
    assert progress.trouble(file) == ""
    mine.get_by_role("button", name="Clear all").click()
    mine.get_by_role("button", name="No, keep them").click()
    assert page.evaluate(KEPT)
    mine.get_by_role("button", name="Clear all").click()
    mine.get_by_role("button", name="Yes, clear").click()
    assert page.evaluate(KEPT) == []
    assert form(page, "gain ratio").locator("input").input_value() == ""
    expect(one.get_by_role("button", name="Lock in")).to_be_enabled()
    mine.locator("input[type=file]").set_input_files(file)
    expect(mine.get_by_role("status")).to_contain_text("2 entries were read")
    assert "beta" in form(page, "gain ratio").locator("input").input_value()
    expect(one.get_by_role("button", name="Locked in")).to_be_disabled()


GOOD = '{"exercise": "gain ratio", "solved": true}\n'
MANY = dict.fromkeys(map(str, range(99)), "")
CODES = {"inventory": 1, "when": "before", "id": "1", "handed_in": "1"}
HOSTILE = {
    "not JSON": GOOD + "<script>alert(1)</script>",
    "a list": GOOD + "[]",
    "an answer that is no text": GOOD + '{"exercise": "gain ratio", "answer": {"text": {}}}',
    "a verdict that is none": GOOD + '{"exercise": "gain ratio", "solved": "<img>"}',
    "a long text": GOOD + json.dumps({"exercise": "gain ratio", "answer": {"text": "x" * 30_000}}),
    "many parts": GOOD + json.dumps({"exercise": "prerequisites", "answer": {"parts": MANY}}),
    "a prediction of nothing": GOOD + '{"prediction": "04 gain ratio", "said": null}',
    "a hand-in with a path": GOOD + json.dumps({**CODES, "learner": "../../x", "answers": {}}),
    "too large": GOOD * 30_000,
}  # fmt: skip


def test_files_that_are_none_change_nothing(opened, tmp_path):
    page = opened("04")
    answer(page, "gain ratio", "beta")
    before = page.evaluate("() => JSON.stringify(localStorage)")
    mine = page.locator(".mine")
    told = mine.get_by_role("status")

    def changes_nothing(words):
        told.evaluate("(status) => { status.textContent = ''; }")
        file = tmp_path / "other.jsonl"
        file.write_text(words, "utf-8")
        mine.locator("input[type=file]").set_input_files(file)
        expect(told).to_contain_text("nothing was changed")
        assert page.evaluate("() => JSON.stringify(localStorage)") == before

    each({name: (words,) for name, words in HOSTILE.items()}, changes_nothing)


def test_what_a_file_says_is_text_and_what_is_here_stays(opened, tmp_path):
    page = opened("04")
    answer(page, "gain ratio", "beta")
    file = tmp_path / "other.jsonl"
    entries = [
        {"exercise": "gain ratio", "solved": True, "answer": {"text": "theirs"}},
        {"exercise": "unrolled", "answer": {"text": '"><img src=x onerror="window.hurt=1">'}},
        {"prediction": "04 gain ratio", "said": "<img src=x onerror='window.hurt=1'>"},
        {"prediction": "99 unknown", "said": 1},
        {"another": "course"},
        {"exercise": "prerequisites", "answer": {"parts": {"__proto__": "x"}}},
    ]
    file.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), "utf-8")
    mine = page.locator(".mine")
    mine.locator("input[type=file]").set_input_files(file)
    expect(mine.get_by_role("status")).to_contain_text("2 are not of these pages")
    assert form(page, "gain ratio").locator("input").input_value() == "beta"
    assert "Solved" in form(page, "gain ratio").locator(".said").inner_text()
    assert form(page, "unrolled").locator("input").input_value().startswith('"><img')
    expect(form(page, "04 gain ratio").get_by_role("button", name="Lock in")).to_be_enabled()
    assert page.evaluate("() => window.hurt") is None and page.locator("img[src=x]").count() == 0


def hand_in(page, answers, nickname=""):
    one = page.locator(".questions")
    for n, letter in answers.items():
        one.locator(f"[data-part='{n}'] input[value='{letter}']").check()
    one.get_by_label("Nickname").fill(nickname)
    one.get_by_role("button", name="Hand in").click()
    return one


def test_the_twelve_questions_make_a_file_that_a_class_gathers(opened, tmp_path):
    page = opened("00")
    one = hand_in(page, {n: x for n, x in RIGHT.items() if n != 7})
    expect(one.locator(".said")).to_contain_text("Still open: 7")
    page = opened("00")
    one = hand_in(page, {7: "?"}, "Ada Ö")
    expect(one.locator(".said")).to_contain_text("11 of 12 are right")
    download = saved(page, one.get_by_role("button", name="Save the file"))
    file = tmp_path / download.suggested_filename
    download.save_as(file)
    found = gather([tmp_path])
    assert not found.remarks and len(found.learners) == 1
    record = found.learners[0].before
    assert record.json() + "\n" == file.read_text("utf-8")
    assert record.answers == {**RIGHT, 7: "?"} and record.nickname == "Ada Ö"
    page = opened("00")
    expect(page.locator(".questions .help")).to_contain_text("Handed in on")


def test_where_the_browser_keeps_nothing_the_page_says_so(browser, pages):
    page = browser.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('closed'); } });"
    )
    page.goto(f"{pages[1]}/{SHOWN['04']}.html")
    one = form(page, "04 gain ratio")
    one.get_by_role("radio").first.check()
    one.get_by_role("button", name="Lock in").click()
    assert "keeps nothing" in one.inner_text()
    page.get_by_text("Your answers", exact=True).click()
    assert "save them as a file before you close the page" in page.locator(".mine").inner_text()
    page.close()


@pytest.mark.parametrize("where, words", [
    ("file", "http.server"), ("no WebAssembly", "need WebAssembly"),
])  # fmt: skip
def test_a_page_without_python_locks_helps_and_says_what_checks_need(opened, pages, where, words):
    if where == "file":
        page = opened("00", address=pages[0].as_uri())
    else:
        page = opened("00", before="delete window.WebAssembly;")
    missing = "Python" if where == "file" else "WebAssembly"
    assert f"Checks need {missing}, which" in page.inner_text("main")
    one = form(page, "00 patience")
    one.locator("input").fill("44")
    one.get_by_role("button", name="Lock in").click()
    assert "44 steps" in one.locator(".said").inner_text()
    one = form(page, "first step")
    one.get_by_role("button", name="Hint").click()
    assert "Hint 1 of" in one.inner_text()
    one.get_by_role("button", name="Check").click()
    assert words in one.locator(".said").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_are_accessible_and_fit_a_phone(opened, scheme):
    page = opened("00", size=(390, 844))
    page.emulate_media(color_scheme=scheme)
    answer(page, "first step", "w + g")
    form(page, "first step").get_by_role("button", name="Solution").click()
    form(page, "00 patience").locator("input").fill("50")
    form(page, "00 patience").get_by_role("button", name="Lock in").click()
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    page.evaluate("() => document.querySelectorAll('svg > *, math > *').forEach((e) => e.remove())")
    assert serious(page, include=[[".answer-form"], [".mine"]]) == []
