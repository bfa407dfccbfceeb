"""The command line as a process that ends with who started it: ``python -m core.training.guarded train photos ...``.

Its standard input is a pipe that nobody writes to: it is closed when the starter is gone, however that ended. What a
training keeps is whole at every moment, so it may be cut off anywhere. Pages come first, so it gives way to others.
"""

import os
import runpy
import threading


def _end_with_the_pipe() -> None:
    while os.read(0, 4096):  # not through sys.stdin, whose lock would be held when this process ends first
        pass
    os._exit(1)


if __name__ == "__main__":
    if hasattr(os, "nice"):  # not on Windows
        os.nice(max(0, 10 - os.nice(0)))
    threading.Thread(target=_end_with_the_pipe, daemon=True).start()
    runpy.run_module("core", run_name="__main__", alter_sys=True)
