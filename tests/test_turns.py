"""The queue for a model that many visitors share."""

import threading
from contextlib import ExitStack

import pytest

from core.turns import Turns


class Crowd:
    """Threads that ask for their turn one after the other, and note when they have it."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.served, self.threads = turns, [], []

    def ask(self, name: str, fail: bool = False) -> int:
        """A new thread stands in the queue; its ident."""

        def work() -> None:
            try:
                with self.turns, self.turns:  # a service's method calls another
                    self.served.append(name)
                    if fail:
                        raise ValueError(name)
            except ValueError:
                pass

        thread = threading.Thread(target=work)
        self.threads.append(thread)
        thread.start()
        while not self.turns.before(thread.ident):
            assert thread.is_alive()
        return thread.ident

    def end(self) -> None:
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()


def test_whoever_asked_first_is_served_first_also_after_one_that_fails():
    turns = Turns()
    crowd = Crowd(turns)
    with turns:
        idents = [crowd.ask(name, fail=name == "b") for name in "abcdefgh"]
        assert [turns.before(ident) for ident in idents] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert turns.before(threading.get_ident()) == 0  # who has the turn waits for nobody
    crowd.end()
    assert crowd.served == list("abcdefgh")
    assert [turns.before(ident) for ident in idents] == [0] * 8


def test_the_turn_ends_with_the_outermost_context_only():
    turns = Turns()
    crowd = Crowd(turns)
    with turns:
        crowd.ask("waits")
        with turns:
            pass
        assert crowd.served == []
        assert turns.before(crowd.threads[0].ident) == 1
    crowd.end()
    assert crowd.served == ["waits"]


def test_one_that_asks_again_at_once_stands_behind_those_who_wait():
    turns = Turns()
    crowd = Crowd(turns)
    with turns:
        crowd.ask("b")
    with turns:  # "b" was handed the turn when this thread gave it up, before it could ask again
        assert crowd.served == ["b"]
    crowd.end()


def test_an_exception_gives_the_turn_back():
    turns = Turns()
    with pytest.raises(KeyError), turns:
        raise KeyError
    with ExitStack() as stack:
        stack.enter_context(turns)
        crowd = Crowd(turns)
        crowd.ask("next")
    crowd.end()
    assert crowd.served == ["next"]
