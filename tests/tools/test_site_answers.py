"""The forms of the pages: one where each lesson has a call, labelled, and nothing told too soon."""

import ast
import base64
import json
from functools import cache

import pytest
from bs4 import BeautifulSoup

from course_utils.exercises import exercises, sandbox
from course_utils.exercises.headless import checked
from course_utils.exercises.prediction import Prediction
from course_utils.exercises.predictions import measured, predictions
from course_utils.inventory import ITEMS
from tools.publish.answers import forms, settings
from tools.publish.lesson import lessons

LESSONS = {lesson.number: lesson for lesson in lessons()}
each_lesson = pytest.mark.parametrize("number", LESSONS)
EVERY = exercises()


@cache
def shown(number):
    """The forms of a lesson, in their order, each with its data."""
    found = []
    for form in forms(LESSONS[number]).values():
        for one in BeautifulSoup(form.html, "html.parser").find_all("form"):
            found.append((one, json.loads(one.script.string)))
    return found


def of_kind(number, kind):
    return [(form, data) for form, data in shown(number) if form["data-kind"] == kind]


def test_every_question_of_the_course_has_a_form():
    asked = {kind: [d["key"] for n in LESSONS for _, d in of_kind(n, kind)]
             for kind in ("prediction", "exercise")}  # fmt: skip
    assert sorted(asked["prediction"]) == sorted(predictions())
    assert sorted(asked["exercise"]) == sorted(EVERY)
    assert [d["when"] for n in LESSONS for _, d in of_kind(n, "questions")] == ["before", "after"]


@each_lesson
def test_every_field_has_a_name_of_its_own(number):
    for form, _ in shown(number):
        for field in form.find_all(["input", "textarea"]):
            assert field.find_parent("label").get_text(strip=True)
        for group in form.find_all("fieldset"):
            assert group.find("legend", recursive=False).get_text(strip=True)
        radios = form.find_all("input", type="radio")
        assert all(radio.find_parent("fieldset") for radio in radios)


@each_lesson
def test_no_name_of_a_group_stands_in_two_forms(number):
    used = [{f["name"] for f in form.find_all("input", type="radio")} for form, _ in shown(number)]
    assert sum(map(len, used)) == len(set().union(*used))


@each_lesson
def test_nothing_is_told_before_it_is_asked_for(number):
    for form, data in shown(number):
        form = BeautifulSoup(str(form), "html.parser")
        form.script.extract()
        seen = form.get_text()
        assert not form.select("[checked]")
        if exercise := EVERY.get(data.get("key")):
            told = [*exercise.hints, exercise.because, exercise.solution]
            assert not [words for words in told if words and len(words) > 12 and words in seen]


def test_every_measurement_answers_a_question_that_needs_one():
    needed = {key for key, question in predictions().items() if question.measured}
    assert set(measured()) == needed, "build the lessons: course.py lessons"
    for key, seen in measured().items():
        question = predictions()[key]
        assert question.read(seen["truth"], anything=True) == seen["truth"]
        assert len(seen["about"]) == question.ask.count("{}")
        # A notebook that reads the page's file finds the answer locked in, of the same question.
        assert Prediction(question, about=seen["about"]).about == tuple(seen["about"])


@each_lesson
def test_a_prediction_holds_its_replies_until_it_is_locked(number):
    for _, data in of_kind(number, "prediction"):
        question = predictions()[data["key"]]
        held = json.loads(base64.b64decode(data["held"]))
        truth = measured()[question.key]["truth"] if question.measured else question.find_truth()
        assert held["truth"] == truth
        for option in question.options:
            told = BeautifulSoup(held["replies"][option], "html.parser")
            assert [row.get_text() for row in told.find_all("td")] == [option, truth]
            assert told.p.get_text() == question.verdict(option, truth)
        if not question.options:
            assert data["range"] == [question.low, question.high]
            assert question.form in data["first"] and question.form in data["outside"]


@each_lesson
def test_hints_come_in_steps_and_the_solution_is_the_courses_own(number):
    for _, data in of_kind(number, "exercise"):
        exercise = EVERY[data["key"]]
        assert len(data["hints"]) == len(exercise.hints) >= 3
        assert all(f"Hint {k + 1} of" in hint for k, hint in enumerate(data["hints"]))
        code = BeautifulSoup(data["solution"], "html.parser").pre
        assert code.get_text().strip() == exercise.solution.strip()
        assert "did not end within its time" in data["endless"]


def typed(form, data):
    """What somebody types who knows the solution."""
    solution = EVERY[data["key"]].solution
    if form.select("textarea.code"):
        name = ast.parse(data["call"]).body[0].value.args[1].id
        is_function = solution.startswith("def ")
        mine = ast.parse(solution).body[0].name if is_function else solution
        begun = f"{solution}\n" if is_function else ""
        return {"code": f"{begun}{name} = {mine}", "call": data["call"]}
    named = form.select("[data-part]")
    if not named:
        return {"text": solution}
    answer = ast.parse(solution, mode="eval").body
    if not isinstance(answer, ast.Dict):
        return {"parts": {named[0]["data-part"]: solution}}
    pairs = zip(answer.keys, answer.values, strict=True)
    return {"parts": {key.value: ast.unparse(value) for key, value in pairs}}


@each_lesson
def test_the_solution_typed_into_its_form_is_right(number):
    for form, data in of_kind(number, "exercise"):
        said = checked(data["key"], typed(form, data))
        assert said["verdict"] in ("right", "noted"), f"{data['key']}: {said['plain']}"


@each_lesson
def test_a_code_field_begins_with_what_the_lesson_gives_and_is_not_answered_by_it(number):
    for form, data in of_kind(number, "exercise"):
        for area in form.select("textarea.code"):
            start = area.get_text().lstrip("\n")
            assert "..." in start and area["aria-describedby"] == form.select_one(".keys")["id"]
            said = checked(data["key"], {"code": start, "call": data["call"]})
            assert said["verdict"] != "right", data["key"]


def test_the_twelve_questions_offer_four_answers_and_i_do_not_know():
    ((form, _),) = of_kind("00", "questions")
    groups = form.find_all("fieldset")
    assert [group["data-part"] for group in groups] == [str(n) for n in ITEMS]
    for group, item in zip(groups, ITEMS.values(), strict=True):
        assert item.question in group.legend.get_text()
        assert [radio["value"] for radio in group.find_all("input")] == list("abcd?")


def test_the_script_knows_the_names_and_the_time_that_a_check_promises():
    known = json.loads(settings().removeprefix("const COURSE = ").rstrip(";\n"))
    assert known["limit"] == 1000 * sandbox.LONGEST
    assert set(known["exercises"]) == set(EVERY) and set(known["predictions"]) == set(predictions())
