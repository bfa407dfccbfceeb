"""What a generated story is to be like."""

from dataclasses import dataclass

STYLES = ("babi", "free")
NAMES = ("babi", "large")
MAX_SENTENCES = 1_000


@dataclass(frozen=True)
class StorySettings:
    """The settings of one generated story; None leaves a number as bAbI has it.

    Attributes:
        style: "babi" says everything exactly as bAbI does; "free" has many more wordings.
        names: "babi" draws people, places and things from bAbI's few; "large" from thousands.
        sentences: statements in the story. There may be a few more or less, and more where the kind of question takes
            more. In a short story there may not be an opportunity for all questions.
        questions: questions about the story.
        people, places, things: how many of each there are. A kind of question that needs more of them takes more.
            Shapes, boxes and kinds of animals count as things. In kinds 4 and 15 to 19 they follow from the sentences
            where these are given.
        distractors: the share of the sentences that say nothing about any question, from 0 to 0.9.
        pronouns_known: the facts leave out the sentence that says who "she" is, for a reader who knows without it.
        two_words: the share of the large lists' names that have two words ("Anna Maria", "the old barn").

    Raises:
        ValueError: one of them is out of its range.
    """

    style: str = "babi"
    names: str = "babi"
    sentences: int | None = None
    questions: int | None = None
    people: int | None = None
    places: int | None = None
    things: int | None = None
    distractors: float = 0.0
    two_words: float = 0.2
    pronouns_known: bool = False

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"style must be one of {', '.join(STYLES)}, not {self.style!r}.")
        if self.names not in NAMES:
            raise ValueError(f"names must be one of {', '.join(NAMES)}, not {self.names!r}.")
        limits = {"sentences": MAX_SENTENCES, "questions": 100, "people": 50, "places": 50, "things": 50}
        for name, most in limits.items():
            number = getattr(self, name)
            if number is not None and not 1 <= number <= most:
                raise ValueError(f"{name} must lie between 1 and {most}, not {number}.")
        if not 0 <= self.distractors <= 0.9:
            raise ValueError(f"distractors must lie between 0 and 0.9, not {self.distractors}.")
        if not 0 <= self.two_words <= 1:
            raise ValueError(f"two_words must lie between 0 and 1, not {self.two_words}.")
