"""Whether a network was ever asked such a question: the shapes of the questions that it learnt from.

A network answers whatever it is asked, and its probability says nothing where the question is of no kind that it was
taught: it was calibrated on kinds that it was. The shape of a question is its known words with its names left open,
"who gave the NAME to NAME"; the article tells a thing from a person. One that no question had in training makes the
answer a guess, and so does a word in it that the network does not know, or a name that is not in the story, where all
such questions in training had theirs from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.data.babi import Question
from core.data.stories.words import STRUCTURE
from core.memory.reading import ReadStory, read
from core.memory.reading.sureness import Way, doubted, way_of
from core.memory.slots.names import NAME, question_parts
from core.memory.story import tokens
from core.trace import StoryTrace

# Words that change nothing about what is asked.
_ARTICLES = frozenset(("a", "an", "the"))
_AT_THE_END = (("right", "now"), ("now",), ("at", "the", "moment"))
_AT_THE_BEGINNING = frozenset(("and", "then"))

NEVER_ASKED = "This network was never asked such a question in training; its answer is a guess."


@dataclass(frozen=True)
class QuestionShapes:
    """What questions a network learnt from.

    Attributes:
        shapes: shape -> which of its names, from 0, some story did not have; None where nothing is known.
    """

    shapes: Mapping[str, Sequence[int]] | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "QuestionShapes":
        """What a checkpoint's config says.

        Raises:
            ValueError: it is not what :meth:`to_dict` wrote.
        """
        shapes = config.get("asked")
        if shapes is None:
            return cls()
        if not isinstance(shapes, dict) or not all(
            isinstance(new, list) and all(type(place) is int for place in new) for new in shapes.values()
        ):
            raise ValueError("The questions of the training are no shapes with places.")
        return cls(shapes)

    @classmethod
    def learn(cls, questions: Iterable[Question]) -> "QuestionShapes":
        """What questions these are."""
        shapes: dict[str, set[int]] = {}
        for question in questions:
            story = read(question.sentences, question.question)
            its, names = shape(story.question)
            shapes.setdefault(its, set()).update(_new(names, story.statements))
        return cls({its: sorted(new) for its, new in sorted(shapes.items())})

    def to_dict(self) -> dict[str, list[int]]:
        """For a config."""
        return {its: list(new) for its, new in (self.shapes or {}).items()}

    def mark_guess(self, trace: StoryTrace, story: ReadStory) -> StoryTrace:
        """The trace, called a guess with a sentence that says why, where it is one.

        ``story`` is what the network was given. Where a name is not in it that all such questions in training had from
        their stories, it does not tell the answer either.
        """
        mended = [*story.offers.values(), *filter(None, [story.offer])]
        if self.shapes is None:
            return replace(trace, guess=True, notes=(_if_meant(mended), *trace.notes)) if mended else trace
        its, names = shape(story.question)
        usual = self.shapes.get(its)
        new = _new(names, story.statements)
        notes: tuple[str, ...] = () if usual is not None else (NEVER_ASKED,)
        if mended:
            notes += (_if_meant(mended),)
        shown = [story.names.shown(" ".join(words)) for words in names]
        left = {
            name: n
            for place, name in enumerate(shown)
            for n in (story.unread_about(name) or (_naming(name, trace.sentences) if place in new else []))[:1]
        }
        if missing := ", ".join(f"“{shown[place]}”" for place in new if shown[place] not in left):
            notes += (f"{missing}: not in the story.",)
        if not trace.told or new:  # the story may well tell it; it was not read
            notes += tuple(
                f"Sentence {n + 1} names “{name}”, and part of it was left aside." for name, n in left.items()
            )
        unknown = not set(trace.unknown).isdisjoint((*tokens(trace.question), *trace.question.split()))
        absent = usual is not None and not set(new) <= set(usual)
        guess = unknown or usual is None or absent or bool(mended)
        told = trace.told and not absent
        if notes or guess:
            trace = replace(trace, guess=guess, told=told, notes=(*notes, *trace.notes))
        return doubted(trace, story, shown)


def way(trace: StoryTrace) -> Way:
    """How an answer came about."""
    story = read(trace.sentences, trace.question)
    return way_of(trace, story, [story.names.shown(" ".join(words)) for words in shape(story.question)[1]])[0]


def _naming(name: str, sentences: Sequence[str]) -> list[int]:
    """The sentences, as they were written, that have a name in them."""
    return [n for n, sentence in enumerate(sentences) if {*tokens(name)} <= {*tokens(sentence)}]


def _if_meant(mended: Sequence[str]) -> str:
    return f"A guess, if {' and '.join(f'“{text}”' for text in mended)} is meant."


def shape(question: str) -> tuple[str, list[tuple[str, ...]]]:
    """A question's shape, and the words of its names."""
    parts, names = question_parts(STRUCTURE, question)
    # An article tells a thing from a person: "is the NAME in the NAME" is not "is NAME in the NAME".
    parts = ["the" if part in _ARTICLES else part for part in parts]
    while parts and parts[0] in _AT_THE_BEGINNING:
        del parts[0]
    for end in _AT_THE_END:
        if tuple(parts[-len(end) :]) == end:
            del parts[-len(end) :]
    return " ".join("NAME" if part == NAME else part for part in parts), names


def _new(names: Sequence[tuple[str, ...]], sentences: Sequence[str]) -> list[int]:
    """Places of the names of which the story does not have all words."""
    there = {word for sentence in sentences for word in tokens(sentence)}
    return [place for place, words in enumerate(names) if not there.issuperset(w.casefold() for w in words)]
