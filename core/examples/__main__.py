"""``python -m core.examples``: caption the example's photo anew with the shipped models."""

from core.captioning.studio import Studio
from core.examples import write_examples

print(write_examples(Studio()))
