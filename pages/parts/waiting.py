"""What a visitor sees while the models work for them, or first for others."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import add_script_run_ctx

from core.turns import Turns

PATIENCE = 2.0  # seconds that one waits without being told for what
EVERY = 0.5  # seconds between two looks at the queue


Queue = Callable[[], Turns | None]  # where one stands, None as long as there is no queue


@contextmanager
def working(text: str, queue: Queue) -> Iterator[None]:
    """A spinner; from two seconds on it also says how many requests of others come first."""
    with st.spinner(text):
        place, done = st.empty(), threading.Event()
        # Another thread looks at the queue, since this one stands in it. What it draws inside a cached function is
        # not drawn again with the function's result, either: that is remembered by thread.
        teller = threading.Thread(target=_tell, args=(place, queue, threading.get_ident(), done), daemon=True)
        add_script_run_ctx(teller)
        teller.start()
        try:
            yield
        finally:
            done.set()
            teller.join()
            place.empty()


def _tell(place: DeltaGenerator, queue: Queue, visitor: int, done: threading.Event) -> None:
    begun, told = time.monotonic(), None
    while not done.wait(EVERY):
        if time.monotonic() - begun < PATIENCE:
            continue
        turns = queue()
        before = turns.before(visitor) if turns else 0
        if before != told:
            place.markdown(in_words(before), width="content")
            told = before


def in_words(before: int) -> str:
    """What is said to a visitor before whom so many are served."""
    if not before:
        return "This takes a little longer."  # theirs is being made, or the same for somebody else
    return "One request of another visitor comes first." if before == 1 else f"{before} requests of others come first."
