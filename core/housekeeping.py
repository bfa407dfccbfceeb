"""A server that runs for days: what the garbage collector may pass over, and memory that goes back to the system.

Streamlit has Python's garbage collector look at everything after each run of a page. With torch loaded that is some
400,000 objects and a quarter of a second in which no other visitor is served, though nearly all of them stay for good.
"""

import ctypes
import gc
import sys
import threading
import time
from functools import cache

SWITCH = 0.001  # seconds for which a thread keeps Python; a model gives it up at every step and waits to have it back
MANY_MODULES = 50  # so many new ones, and what they brought along is set aside at once
M_ARENA_MAX, ARENAS = -8, 2  # heaps: with one for each thread, what large pictures took is kept by every visit's thread
EVERY = 60.0  # seconds after which all is looked at again, where something was done
LOOK = 1.0  # seconds between two looks at whether it is time
BUSY = 0.5  # seconds of computing that count as something done


@cache
def keep_house() -> None:
    """Tidy up from now on, in the background, as long as the process lives."""
    sys.setswitchinterval(SWITCH)
    _glibc("mallopt", M_ARENA_MAX, ARENAS)
    threading.Thread(target=_keep_house, name="housekeeping", daemon=True).start()


def tidy() -> None:
    """Free what nobody reaches any more, give free memory back, and set aside what is left.

    What is set aside (``gc.freeze``) is freed as before when its last name goes, and at the next tidying where only a
    circle of names holds it.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _glibc("malloc_trim", 0)


def _glibc(function: str, *arguments: int) -> None:
    """Call one of glibc's; elsewhere memory is kept as that system keeps it."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), function):
        getattr(library, function)(*arguments)


def _keep_house() -> None:
    modules, last, computed = 0, time.monotonic(), time.process_time()
    while True:
        many_new = len(sys.modules) - modules >= MANY_MODULES
        busy = time.process_time() - computed >= BUSY
        if many_new or (busy and time.monotonic() - last >= EVERY):
            tidy()
            modules, last, computed = len(sys.modules), time.monotonic(), time.process_time()
        time.sleep(LOOK)
