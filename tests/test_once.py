"""What many ask for is made once, for as long as one of them keeps it."""

import gc
import threading

import pytest

from core.once import Once


def test_thirty_who_ask_at_once_get_one_value():
    once, made, kept = Once(), [], []
    together = threading.Barrier(30)

    def make() -> object:
        made.append(1)
        return object()

    def ask() -> None:
        together.wait()
        kept.append(once.get("photo", make))

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 1
    assert len({id(one.value) for one in kept}) == 1 and len(kept) == 30


def test_it_is_gone_with_the_last_who_keeps_it():
    once = Once()
    first, second = once.get("photo", object), once.get("photo", object)
    assert first is second and len(once) == 1
    del first
    gc.collect()
    assert len(once) == 1
    del second
    gc.collect()
    assert len(once) == 0


def test_other_keys_are_other_values_and_wait_for_nobody():
    once = Once()
    inner = []

    def make() -> str:
        inner.append(once.get("other", lambda: "b"))
        return "a"

    assert once.get("one", make).value == "a" and inner[0].value == "b"


def test_where_making_fails_the_next_one_tries():
    once = Once()

    def fail() -> str:
        raise ValueError("no photo")

    with pytest.raises(ValueError, match="no photo"):
        once.get("photo", fail)
    assert once.get("photo", lambda: "a photo").value == "a photo"
