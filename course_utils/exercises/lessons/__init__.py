"""The exercises of the course: one file, one lesson."""

from . import lesson_00, lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06, lesson_07

LESSONS = {
    "00": lesson_00.EXERCISES,
    "01": lesson_01.EXERCISES,
    "02": lesson_02.EXERCISES,
    "03": lesson_03.EXERCISES,
    "04": lesson_04.EXERCISES,
    "05": lesson_05.EXERCISES,
    "06": lesson_06.EXERCISES,
    "07": lesson_07.EXERCISES,
}

EXERCISES = {exercise.key: exercise for lesson in LESSONS.values() for exercise in lesson}
