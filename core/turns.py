"""Whose turn it is with a model that many visitors share: first come, first served.

``threading.RLock`` hands itself to whichever thread wakes first, so that under load one visitor can wait for ever
while others come and go. Here everybody stands in one queue, and can be told how many stand before them.
"""

import threading
from collections import deque
from types import TracebackType
from typing import Self


class Turns:
    """A lock as a context, taken by threads in the order in which they asked, again by the one that has it already."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # of what follows; held for a moment only
        self._owner: int | None = None
        self._depth = 0
        self._queue: deque[tuple[int, threading.Event]] = deque()  # thread, and what wakes it

    def __enter__(self) -> Self:
        me = threading.get_ident()
        with self._lock:
            if self._owner in (None, me):
                self._owner = me
                self._depth += 1
                return self
            called = threading.Event()
            self._queue.append((me, called))
        try:
            called.wait()
        except BaseException:  # an interrupt: whoever comes next must not wait for a thread that has gone
            with self._lock:
                if called.is_set():
                    self._hand_on()
                else:
                    self._queue.remove((me, called))
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._depth -= 1
            if not self._depth:
                self._hand_on()

    def before(self, thread: int) -> int:
        """How many are served before a thread (``threading.get_ident()``) that waits; 0 for one that does not."""
        with self._lock:
            waiting = [one for one, _ in self._queue]
            return waiting.index(thread) + 1 if thread in waiting else 0

    def _hand_on(self) -> None:
        """The next in the queue has the turn from now on; nobody can come between."""
        self._owner, self._depth = None, 0
        if self._queue:
            self._owner, called = self._queue.popleft()
            self._depth = 1
            called.set()
