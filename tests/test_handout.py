"""Handouts: all of a tour or of the exercises is in one file, which fetches nothing and runs nothing."""

import datetime
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.exports import handout
from core.exports.handout import Picture
from core.tour import Choice, Question, Step, Tour, read_tours

DOCUMENT = (Path(__file__).resolve().parent.parent / "docs" / "teaching.md").read_text(encoding="utf-8")
DAY = datetime.date(2026, 11, 25)


class Reader(HTMLParser):
    """The text of a page, the names of its elements, and what they point at."""

    def __init__(self, page: bytes):
        super().__init__()
        self.text, self.names, self.targets = "", [], []
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.targets += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", list(read_tours()))
def test_a_tour_has_its_equations_as_mathml_and_its_questions(name):
    tour = read_tours()[name]
    page = Reader(handout.tour_handout(tour, date=DAY))
    for step in tour.steps:
        assert step.title in page.text and step.question.ask in page.text
        assert not any(choice.reply in page.text for choice in step.question.choices)
    assert page.names.count("math") >= sum(bool(step.equation) for step in tour.steps)
    assert "code" not in page.names, "a formula could not be read"
    assert "script" not in page.names and page.targets == ["data:,"]
    assert "25 November 2026" in page.text and "☑" not in page.text


def test_the_teachers_copy_has_the_answers():
    tour = read_tours()["glimpse"]
    page = Reader(handout.tour_handout(tour, answers=True, date=DAY))
    assert all(step.question.choices[step.question.right].reply in page.text for step in tour.steps)
    assert page.text.count("☑") == len(tour.steps)


def test_what_a_tour_says_stays_text():
    question = Question("<b>?</b>", (Choice("<script>1</script>", "</p>"), Choice("$x", "")), 0)
    hostile = Step("<script>alert(1)</script>", "<img src=x onerror=y> **bold** $x<y$", r"\frac", question=question)
    picture = Picture(b"x", "image/jpeg", '"><script>')
    page = handout.tour_handout(Tour("t", "<i>", 1, "&", (hostile,)), True, {0: picture}, DAY)
    read = Reader(page)
    assert "script" not in read.names and read.names.count("img") == 1 and "i" not in read.names
    assert "<script>alert(1)</script>" in read.text and "strong" in read.names


def test_exercises_tell_what_to_expect_to_the_teacher_only():
    found = handout.exercises(DOCUMENT)
    assert len(found) >= 8 and all("**Expect:**" in text for _, text in found)
    for answers in (False, True):
        page = Reader(handout.exercises_handout(DOCUMENT, answers, DAY))
        assert all(title in page.text for title, _ in found)
        assert page.text.count("Expect:") == answers * len(found)


def test_equations_are_as_on_the_screen():
    made = handout.mathml(
        r"\begin{aligned} s &= \arg\max_i \; \mathrm{fit}(q) \\ q &\leftarrow q \end{aligned}", block=True
    )
    assert "\\" not in made and ">arg<" in made and ">fit<" in made and made.count("<mtr>") == 2
    assert ">⏟<" in handout.mathml(r"\underbrace{a_s}_{\text{hard}}")
    assert " style=" not in made  # the page's policy would not let it count
    assert handout.mathml(r"\frac").startswith("<code>")


def test_where_to_begin_is_said_with_the_classs_own_address_and_as_a_code():
    base = "http://192.168.1.20:8501"
    page = Reader(handout.exercises_handout(DOCUMENT, address=base))
    begins = re.findall(r"Begin at (\S+)", page.text)
    assert begins == [f"{base}/{link}" for link in re.findall(r"^Open: `([^`]+)`", DOCUMENT, re.MULTILINE)]
    assert page.names.count("svg") == len(begins) + 1 and "Open: " not in page.text and page.targets == ["data:,"]
    tour = Reader(handout.tour_handout(read_tours()["glimpse"], address=base))
    assert f"{base}/learn?tour=glimpse" in tour.text and tour.names.count("svg") == 1
    assert "svg" not in Reader(handout.tour_handout(read_tours()["glimpse"])).names


def test_a_class_fills_in_what_the_exhibit_shows():
    page = Reader(handout.tour_handout(read_tours()["glimpse"]))
    assert page.text.count("score") >= 2 and page.text.count("hop 3") == 1


def test_the_softmax_by_hand_is_right():
    text = dict(handout.exercises(DOCUMENT))["2. A softmax by hand"]
    told = [float(number) for number in re.findall(r"0\.\d\d", text.split("**Expect:**")[1])]
    expected = []
    for t in (1, 0.5, 2):
        exps = [math.exp(score / t) for score in (2, 1, 0)]
        expected += [e / sum(exps) for e in exps]
    assert told == pytest.approx(expected, abs=0.005001)
