"""The page of polls: each poll of the plans once, its right answer folded, links that lead."""

from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from tools import plans
from tools.publish import polls
from tools.publish.lesson import lessons
from tools.publish.site import lesson_page
from tools.publish.slides import contents, deck

LESSONS = {lesson.number: lesson for lesson in lessons()}
ALL = [poll for plan in plans.plans().values() for poll in plan.polls]


@pytest.fixture(scope="module")
def shown():
    """The page of the polls of all lessons."""
    return BeautifulSoup(polls.polls_page(list(LESSONS.values())), "html.parser")


def test_each_poll_stands_once_with_its_options_and_its_answer_folded(shown):
    articles = shown.find_all("article")
    assert [one["id"] for one in articles] == [polls.place(poll.key) for poll in ALL]
    assert len({one["id"] for one in articles}) == len(articles)
    for poll, article in zip(ALL, articles, strict=True):
        assert [li.get_text() for li in article.find_all("li")] == list(poll.options)
        (right,) = article.select("li[data-right]")
        assert right.get_text() == poll.answer
        folded = article.details
        assert folded.get("open") is None and poll.question.because in folded.get_text()
        assert f"({plans.letter(poll, poll.answer)})" in folded.get_text()


@pytest.mark.parametrize("number", ["01", "04", "14"])
def test_a_poll_leads_to_the_section_that_locks_it_in(shown, number):
    page = BeautifulSoup(lesson_page(LESSONS[number], (), (None,)), "html.parser")
    links = [a["href"] for a in shown.select(f"a[href^='{LESSONS[number].page}']")]
    assert len(links) == len(plans.plans()[number].polls)
    for link in links:
        anchor = unquote(link.partition("#")[2])
        assert not anchor or page.find(id=anchor), link


def test_slides_lead_to_each_poll_alone():
    for folder in ("", "../"):
        shown = BeautifulSoup(deck(LESSONS["04"], folder), "html.parser")
        links = [a["href"] for a in shown.select("a[href*='polls.html']")]
        keys = [poll.key for poll in plans.plans()["04"].polls]
        assert links == [f"{folder}{polls.PAGE}#{polls.place(key)}" for key in keys]
    assert f'href="../{polls.PAGE}"' in contents(list(LESSONS.values()), "../")


def test_without_pages_of_lessons_no_poll_leads_to_one():
    alone = BeautifulSoup(polls.polls_page([LESSONS["04"]], read=False), "html.parser")
    assert {a["href"] for a in alone.find_all("a")} == {"index.html"} | {
        f"#{polls.place(poll.key)}" for poll in plans.plans()["04"].polls
    }
