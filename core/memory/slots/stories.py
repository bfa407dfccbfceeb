"""The generated stories that the slots network trains on: as bAbI tells them, and more freely."""

import random
import re
from collections.abc import Sequence

from core.data.babi import Question
from core.data.stories import KINDS, generate
from core.data.stories.everyday import everyday
from core.data.stories.mixed import mixed
from core.data.stories.settings import StorySettings
from core.data.stories.untold import stranger, untold

# What generated stories of their own count as, beside bAbI's numbers of the tasks.
MIXED, EVERYDAY, UNTOLD = 0, len(KINDS) + 1, len(KINDS) + 2
GENERATED_NAMES = {MIXED: "mixed", EVERYDAY: "everyday", UNTOLD: "untold"}
GENERATED_ONLY = {MIXED: 25, EVERYDAY: 50, UNTOLD: 30}  # as many tasks' questions are of these in every round
STRANGERS = 0.06  # share of the questions that are asked of somebody whom the story does not have
FREE = 0.4  # share of stories told freely
FREE_MIXED = 0.8  # share of those among the mixed
INVENTED = 0.03  # share of the moves and takings in those whose verb is an invented word

_MOVE = re.compile(r"\b(?:went|ran|walked|moved|travelled|journeyed|hurried|rushed|strolled|wandered)(?= (?:in)?to\b)")
_TAKING = re.compile(r"\b(?:got|grabbed|took|collected|fetched|snatched)(?= the )")
_SYLLABLES = ("bla", "cro", "dri", "fle", "glo", "kna", "mi", "plo", "squa", "tra", "wi", "zu")


class Storyteller:
    """Draws questions of a task or of :data:`GENERATED_ONLY`, whole stories at a time; the same seed draws the same."""

    def __init__(self, seed: int | str):
        self._random = random.Random(seed)

    def __call__(self, task: int, count: int) -> Sequence[Question]:
        questions: list[Question] = []
        while len(questions) < count:
            for question in self._story(task):
                strange = task <= len(KINDS) and self._random.random() < STRANGERS
                questions.append(stranger(question, self._random) if strange else question)
        return questions[:count]

    def _story(self, task: int) -> list[Question]:
        draw = self._random
        if task == EVERYDAY:
            return everyday(draw, _everyday_settings(draw))
        if task == UNTOLD:
            return untold(draw)
        free = draw.random() < (FREE_MIXED if task == MIXED else FREE)
        if not free and task != MIXED:
            return generate(task, draw.getrandbits(48))
        settings = StorySettings(
            style="free" if free else "babi",
            pronouns_known=free,  # by whoever reads what people type
            names=draw.choice(("babi", "large")),
            distractors=draw.choice((0.0, 0.0, 0.2, 0.4)),
            people=draw.choice((None, None, 2, 3, 5, 7)),
            places=draw.choice((None, None, 3, 5, 8)),
            things=draw.choice((None, None, 2, 4, 6)),
            sentences=draw.choice((None, None, 5, 20, 40)) if task == MIXED else None,
        )
        seed = draw.getrandbits(48)
        questions = mixed(seed, settings) if task == MIXED else generate(task, seed, settings)
        return [self._strange(question) for question in questions] if free else questions

    def _strange(self, question: Question) -> Question:
        """The question with verbs here and there that are in no list: "to" a place it is a move, else a taking."""
        sentences = tuple(
            _TAKING.sub(self._invent, _MOVE.sub(self._invent, text)) if self._random.random() < INVENTED else text
            for text in question.sentences
        )
        fields = {name: getattr(question, name) for name in ("question", "answer", "facts", "task", "story")}
        return Question(sentences, **fields)

    def _invent(self, _: re.Match[str]) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=2)) + "ed"


def _everyday_settings(draw: random.Random) -> StorySettings:
    return StorySettings(
        style="free",
        names=draw.choice(("babi", "large", "large")),
        distractors=draw.choice((0.0, 0.0, 0.0, 0.2)),
        people=draw.choice((None, 2, 3, 4)),
        places=draw.choice((None, None, 4, 6)),
        things=draw.choice((None, 2, 3, 4)),
        sentences=draw.choice((None, 2, 3, 4, 6, 8, 12, 20)),
    )
