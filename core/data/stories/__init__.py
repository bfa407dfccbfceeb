"""Stories made to order: the twenty kinds of question of bAbI, with the sentences that answer them.

A world model tells what happens; a question is asked only where a reader of the story can answer it, and names the
sentences that this takes. The same seed gives the same story.
"""

import math
import random

from core.data.babi import Question
from core.data.stories import days, hearsay, holding, kinds, motives, moving, pronouns, sizes, space
from core.data.stories.draft import Draft
from core.data.stories.settings import StorySettings

# Of each kind of question: what tells its story; how many questions bAbI asks; how many sentences it leaves between
# two of them, at least, and 0 where all come at the end.
KINDS = {
    1: (moving.single_fact, 5, 2),
    2: (moving.two_facts, 5, 2),
    3: (moving.three_facts, 5, 2),
    4: (space.two_arguments, 1, 0),
    5: (holding.giving, 5, 2),
    6: (moving.yes_no, 5, 2),
    7: (holding.counting, 5, 2),
    8: (holding.lists, 5, 2),
    9: (hearsay.negation, 5, 2),
    10: (hearsay.indefinite, 5, 2),
    11: (pronouns.coreference, 5, 2),
    12: (pronouns.conjunction, 5, 2),
    13: (pronouns.compound, 5, 2),
    14: (days.time, 5, 2),
    15: (kinds.deduction, 4, 0),
    16: (kinds.induction, 1, 0),
    17: (space.positions, 8, 0),
    18: (sizes.sizes, 5, 0),
    19: (space.path, 1, 0),
    20: (motives.motivations, 12, 1),
}

LIKE_BABI = StorySettings()
TRIED = 1_000  # how many sentences are told, about, to find a story of the length that is wanted
BEGUN = 20  # how many a story that has just begun counts for


def generate(task: int, seed: int | random.Random, settings: StorySettings = LIKE_BABI) -> list[Question]:
    """One story with its questions, each with the statements before it.

    Args:
        task: bAbI's number of the kind of question, 1 to 20.
        seed: the same number gives the same story, and is its number; or what the story is drawn from.

    Raises:
        ValueError: there is no such kind.
    """
    if task not in KINDS:
        raise ValueError(f"the kinds of question are 1 to {len(KINDS)}, not {task}.")
    rng = seed if isinstance(seed, random.Random) else random.Random(seed * len(KINDS) + task)
    tell, questions, pause = KINDS[task]
    best: Draft | None = None
    best_off, spent = math.inf, 0
    while best is None or (best_off > (0 if spent < TRIED // 4 else 1) and spent < TRIED):
        draft = Draft(task, rng, settings, questions, pause)
        tell(draft)
        spent += len(draft.sentences) + BEGUN
        off = abs(draft.length - (settings.sentences or draft.length))
        if off < best_off:
            best, best_off = draft, off
    return best.questions(seed if isinstance(seed, int) else 0)
