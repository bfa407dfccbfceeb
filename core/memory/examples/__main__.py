"""``python -m core.memory.examples``: answer the first example anew with the shipped networks."""

from core.memory.examples import write_finished
from core.memory.service import StoryService

print(write_finished(StoryService()))
