"""What stays is passed over by the garbage collector; what is garbage goes all the same."""

import gc
import weakref

import pytest

from core.housekeeping import tidy


class Node:
    """One of a circle that nobody reaches."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before():
    yield
    gc.unfreeze()


def test_what_stays_is_set_aside():
    tidy()
    assert gc.get_freeze_count() > 10_000
    kept = len(gc.get_objects())
    tidy()
    assert abs(len(gc.get_objects()) - kept) < 1_000


def test_a_circle_that_was_set_aside_is_freed_at_the_next_tidying():
    node = Node()
    tidy()
    gone = weakref.ref(node)
    del node
    gc.collect()
    assert gone() is not None  # set aside
    tidy()
    assert gone() is None


def test_what_is_set_aside_goes_with_its_last_name():
    node = Node()
    tidy()
    gone = weakref.ref(node)
    node.itself = None
    del node
    assert gone() is None
