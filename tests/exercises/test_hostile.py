"""Answers that loop, crash, exit, print or allocate: a sentence within three seconds, no harm."""

import builtins
import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from course_utils.exercises import check, sandbox, watchdog

PLACES = ["here"] + (["child"] if sandbox.can_fork() else [])


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """SymPy and the exercises are loaded, as they are in a lesson before its first check."""
    check("descent step", lambda w, g, *, lr: w - lr * g)


@pytest.fixture(params=PLACES)
def place(request, monkeypatch):
    monkeypatch.setenv("COURSE_SANDBOX", request.param)
    monkeypatch.setattr(sandbox, "SECONDS", 0.4)
    monkeypatch.setattr(sandbox, "GRACE", 0.3)
    return request.param


def endless(w, g, *, lr):
    while True:
        pass


def endless_and_deaf(w, g, *, lr):
    while True:
        try:
            lr = lr + 0
        except BaseException:
            pass


def endless_and_deafer(w, g, *, lr):
    while True:
        try:
            try:
                len(w)
            except BaseException:
                pass
        except BaseException:
            continue


def asleep(w, g, *, lr):
    time.sleep(1000)


def asleep_and_deaf(w, g, *, lr):
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass


def printing_for_ever(w, g, *, lr):
    while True:
        print("w" * 1000)


def recursive(w, g, *, lr):
    return recursive(w, g, lr=lr)


def huge(w, g, *, lr):
    return np.ones((10**7, 10**6))


def exits(w, g, *, lr):
    sys.exit("bye")


def leaves(w, g, *, lr):
    os._exit(0)


def aborts(w, g, *, lr):
    os.abort()


def asks(w, g, *, lr):
    return w - float(input("learning rate? ")) * g


def reads(w, g, *, lr):
    return w - float(sys.stdin.readline()) * g


def divides(w, g, *, lr):
    return w - lr * g / 0 if lr == 0 else w - lr * g + 1 / 0


def unspeakable(w, g, *, lr):
    class Bad(Exception):
        def __str__(self):
            raise RuntimeError

    raise Bad


def interrupts(w, g, *, lr):
    raise KeyboardInterrupt


HOSTILE = [
    (endless, "endless", "did not end"),
    (endless_and_deaf, "endless", "did not end"),
    (endless_and_deafer, "endless", "did not end"),
    (asleep, "endless", "did not end"),
    (asleep_and_deaf, "endless", "did not end"),
    (printing_for_ever, "endless", "did not end"),
    (recursive, "recursion", "calls itself"),
    (huge, "memory", "more memory"),
    (exits, "ended", "ended the process"),
    (leaves, "ended", "ended the process"),
    (asks, "input", "keyboard"),
    (reads, "input", "keyboard"),
    (divides, "error", "ZeroDivisionError in line"),
    (unspeakable, "error", "Bad"),
    (interrupts, "error", "KeyboardInterrupt"),
]


@pytest.mark.parametrize(
    ("answer", "idea", "words"), HOSTILE, ids=lambda x: getattr(x, "__name__", "")
)
def test_hostile_answers_get_a_sentence_in_time(place, answer, idea, words):
    began = time.monotonic()
    feedback = check("descent step", answer)
    assert time.monotonic() - began < sandbox.LONGEST
    assert feedback.verdict == "not yet"
    assert feedback.idea == idea
    assert words in feedback.text
    assert feedback.text.count(". ") <= 2
    assert check("descent step", lambda w, g, *, lr: w - lr * g), "the next check works"


def test_the_line_is_the_learners(place):
    text = check("descent step", divides).text
    assert "`return w - lr * g / 0 if lr == 0 else w - lr * g + 1 / 0`" in text
    text = check("descent step", endless).text
    assert "`while True:`" in text or "`pass`" in text


def test_everything_is_as_it_was(place):
    before = (
        sys.stdout, sys.stderr, sys.stdin, builtins.input, os._exit, os.abort, time.sleep,
        sys.gettrace(), sys.getrecursionlimit(), np.geterr(), os.getcwd(),
    )  # fmt: skip
    w = np.array([1.0, 2.0])

    def meddles(w, g, *, lr):
        np.seterr(all="raise")
        sys.setrecursionlimit(5000)
        sys.stdout = None
        raise ValueError("done")

    for answer in (meddles, endless, leaves, asks):
        check("descent step", answer)
    assert before == (
        sys.stdout, sys.stderr, sys.stdin, builtins.input, os._exit, os.abort, time.sleep,
        sys.gettrace(), sys.getrecursionlimit(), np.geterr(), os.getcwd(),
    )  # fmt: skip
    assert w.tolist() == [1.0, 2.0]


def test_megabytes_of_output_are_cut(place, capfd):
    def chatty(w, g, *, lr):
        for _ in range(500):
            print("w" * 1000)
        return w + lr * g

    feedback = check("descent step", chatty)
    assert feedback.idea == "the sign of the step"
    assert len(feedback.printed) <= sandbox.KEPT
    assert len(repr(feedback)) < 1000
    assert capfd.readouterr() == ("", "")


def test_warnings_of_the_answer_stay_inside(place, capfd):
    def overflowing(w, g, *, lr):
        return w * np.float64(1e308) * 1e10 - np.log(-abs(g))

    assert check("descent step", overflowing).verdict == "not yet"
    assert capfd.readouterr().err == ""


def test_a_child_leaves_the_globals_of_the_notebook_alone(monkeypatch):
    if "child" not in PLACES:
        assert not hasattr(os, "fork")
        return
    monkeypatch.setenv("COURSE_SANDBOX", "child")
    seen = []

    def remembers(w, g, *, lr):
        seen.append(1)
        return w - lr * g * len(seen)

    assert check("descent step", remembers).idea == "answers change"
    assert seen == []


def test_a_child_does_not_collect_the_garbage_of_the_notebook(brief):
    gc.collect()
    gc.disable()
    try:
        for _ in range(2000):
            ring = []
            ring.append(ring)
        assert sandbox.run(gc.collect, place=brief).value < 1000 or brief == "here"
    finally:
        gc.enable()
    assert gc.collect() > 1000


def test_a_child_may_not_fill_the_memory(monkeypatch):
    if "child" not in PLACES:
        assert not hasattr(os, "fork")
        return
    monkeypatch.setenv("COURSE_SANDBOX", "child")

    def hoards(w, g, *, lr):
        kept = []
        while True:
            kept.append(bytearray(2**24))

    assert check("descent step", hoards).idea in ("memory", "endless")


def test_a_dying_child_with_children_is_ended(monkeypatch):
    if "child" not in PLACES:
        assert not hasattr(os, "fork")
        return
    monkeypatch.setenv("COURSE_SANDBOX", "child")
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)

    def forks(w, g, *, lr):
        os.fork()
        while True:
            pass

    began = time.monotonic()
    assert check("descent step", forks).idea == "endless"
    assert time.monotonic() - began < sandbox.LONGEST


@pytest.fixture
def brief(monkeypatch):
    """A child that has 0.3 seconds; there are none on a system without fork."""
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)
    monkeypatch.setattr(sandbox, "GRACE", 0.2)
    return "child" if "child" in PLACES else "here"


def slow():
    time.sleep(0.8)
    return "done"


@pytest.mark.parametrize(("waited", "value"), [(0.0, None), (0.2, None), (1.0, "done")])
def test_what_it_waited_for_a_processor_is_added(brief, monkeypatch, waited, value):
    monkeypatch.setattr(sandbox, "waited", lambda pid: waited)
    if brief == "child":
        outcome = sandbox.run(slow, place=brief)
        assert outcome.value == value and outcome.trouble == ("" if value else "endless")


def lingers():
    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        pass
    return "done"


@pytest.mark.parametrize("kind", ["_Thread", "_Monitor"])
def test_time_may_be_up_while_the_watch_is_put_away(monkeypatch, kind):
    watch, sleep, times = getattr(watchdog, kind)(5.0), time.sleep, []
    if kind == "_Monitor" and not hasattr(sys, "monitoring"):
        monkeypatch.setattr(watch, "start", lambda: None)

    def stop():
        times.append(time.sleep)
        if len(times) < 3:
            raise watchdog.TimeUp
        real()

    real = watch.stop
    monkeypatch.setattr(watch, "stop", stop)
    assert watch.run(lambda: "done") == "done"
    assert time.sleep is sleep and sleep not in times and len(times) == 3


def test_a_watch_that_is_being_put_away_interrupts_nobody():
    watch = watchdog._Thread(0.01)

    def closes():
        watch.closing = True
        return lingers()

    assert watch.run(closes) == "done"


def test_the_promise_covers_what_a_run_may_take():
    longest = sandbox.SECONDS + sandbox.GRACE + sandbox.OVERHEAD + sandbox.MOST_WAITING
    assert longest <= sandbox.LONGEST


def test_waiting_has_an_end(brief, monkeypatch):
    monkeypatch.setattr(sandbox, "waited", lambda pid: 1e9)
    monkeypatch.setattr(sandbox, "MOST_WAITING", 0.5)
    began = time.monotonic()
    assert sandbox.run(lambda: time.sleep(1000), place=brief).trouble == "endless"
    assert time.monotonic() - began < sandbox.LONGEST


def test_a_crowded_processor_does_not_refuse_an_answer(brief):
    if brief != "child" or not Path("/proc/self/schedstat").exists():
        assert sandbox.waited("self") == 0
        return
    busy = "import os\nos.sched_setaffinity(0, {%d})\nwhile True: pass"
    mine, one = os.sched_getaffinity(0), min(os.sched_getaffinity(0))
    command = [sys.executable, "-c", busy % one]
    crowd = [subprocess.Popen(command, start_new_session=True) for _ in range(4)]

    def works():
        os.sched_setaffinity(0, {one})
        while time.process_time() < 0.2:
            pass
        return "done"

    try:
        time.sleep(0.3)
        began = time.monotonic()
        assert sandbox.run(works, place=brief).value == "done"
        assert time.monotonic() - began > 0.5
        assert os.sched_getaffinity(0) == mine
    finally:
        for each in crowd:
            each.kill()
            each.wait()


def test_a_crash_is_told(place):
    feedback = check("descent step", aborts)
    assert feedback.idea in ("crashed", "ended")
    assert "the process" in feedback.text


@pytest.mark.parametrize("job", [lambda: {"a": [1.5, None]}, lambda: "x" * 10**6, lambda: 3])
def test_results_come_back_whole(place, job):
    assert sandbox.run(job).value == job()


def test_a_result_that_cannot_be_carried_is_a_trouble(place):
    assert sandbox.run(lambda: object()).trouble
