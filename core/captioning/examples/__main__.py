"""``python -m core.captioning.examples``: caption the example's photo anew with the shipped models."""

from core.captioning.examples import write_examples
from core.captioning.service import CaptionService

print(write_examples(CaptionService()))
