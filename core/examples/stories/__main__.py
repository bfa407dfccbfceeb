"""``python -m core.examples.stories``: answer the first example anew with the shipped networks."""

from core.examples.stories import write_finished
from core.memory.library import Library

print(write_finished(Library()))
