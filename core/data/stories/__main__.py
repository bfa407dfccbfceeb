"""``python -m core.data.stories DIR --stories 500 --seed 7``: generated stories that mix the kinds, as bAbI's files.

Each kind of question has its own file, in which a story stands with its questions of that kind. About a fifth are told
exactly in bAbI's wordings, half have names from the large lists.
"""

import argparse
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from core.data.babi import Question, write_babi
from core.data.stories.mixed import mixed
from core.data.stories.settings import StorySettings


def some(stories: int, seed: int) -> Iterable[Question]:
    """The questions of so many mixed stories; the same seed, the same ones."""
    for number in range(stories):
        rng = random.Random(f"stories {seed} {number}")
        settings = StorySettings(
            style=rng.choice(("babi", "free", "free", "free", "free")),
            names=rng.choice(("babi", "large")),
            sentences=rng.choice((None, None, 10, 30)),
            distractors=rng.choice((0.0, 0.0, 0.2)),
        )
        for question in mixed(rng, settings):
            yield replace(question, story=number)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m core.data.stories", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, metavar="DIR")
    parser.add_argument("--stories", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for path in write_babi(some(arguments.stories, arguments.seed), arguments.out, "mixed"):
        print(path)


if __name__ == "__main__":
    main()
