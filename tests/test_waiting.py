"""Whoever waits long is told, wherever they stand."""

import threading
import time

import pytest

from core.turns import Turns
from pages.parts import waiting
from pages.parts.waiting import in_words


class Place:
    """Where a sentence stands until the next."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def markdown(self, text: str, **_: object) -> None:
        self.said.append(text)


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE", 0.0)
    monkeypatch.setattr(waiting, "EVERY", 0.01)


def told(queue: waiting.Queue, visitor: int, until: list[str]) -> list[str]:
    """What a visitor is told until it is these sentences."""
    place, done = Place(), threading.Event()
    teller = threading.Thread(target=waiting._tell, args=(place, queue, visitor, done))
    teller.start()
    end = time.monotonic() + 30
    while place.said != until and time.monotonic() < end:
        time.sleep(0.01)
    done.set()
    teller.join()
    return place.said


def test_the_place_in_the_queue_is_told_in_words():
    assert [in_words(n) for n in (0, 1, 12)] == [
        "This takes a little longer.",
        "One request of another visitor comes first.",
        "12 requests of others come first.",
    ]


def test_one_in_the_queue_is_told_how_many_come_first(at_once):
    turns = Turns()
    threads = []
    with turns:
        for _ in range(3):
            threads.append(threading.Thread(target=_take_a_turn, args=(turns,)))
            threads[-1].start()
            while not turns.before(threads[-1].ident):
                assert threads[-1].is_alive()
        said = told(lambda: turns, threads[-1].ident, [in_words(3)])
    for thread in threads:
        thread.join(60)
    assert said == [in_words(3)]


def _take_a_turn(turns: Turns) -> None:
    with turns:
        pass


def test_one_whose_turn_it_is_and_one_before_there_is_a_queue_are_told_too(at_once):
    for queue in (lambda: Turns(), lambda: None):
        assert told(queue, threading.get_ident(), [in_words(0)]) == [in_words(0)]
