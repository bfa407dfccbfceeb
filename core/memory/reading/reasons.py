"""Why somebody did what they did, where the story says so: "Lupe cried since her balloon had popped"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.memory.reading.asked import DEED, Asked
from core.memory.reading.deeds_being import told
from core.memory.reading.idioms import plain
from core.memory.reading.names import Name, Names, Word, lower
from core.memory.reading.verbs import OTHERS, VERBS, form_of
from core.memory.reading.words import ADVERBS, FEELINGS, FEELINGS_LIKE, IS, PRONOUNS

BECAUSE = "because"
_BECAUSE = frozenset(("because", "since", "as"))
_IS = frozenset(("is", "was", "are", "were", "am", "felt", "feels", "has", "had", "have"))
_SMALL = frozenset(("a", "an", "the", "so", "very", "too", "really", "quite", "got", "feeling", "such"))


def with_reason(
    question: Sequence[Word], asked: Asked | None, sentences: Sequence[Sequence[Word]], names: Names
) -> tuple[Asked | None, dict[int, str]]:
    """The question as one for the reason that the story gives in so many words, and which sentence tells it what.

    What drives people in the stories of the networks' training (who is hungry goes to the kitchen) stays theirs.
    """
    low = lower(question)
    if low[:1] != ["why"] or asked is None or not asked.names or asked.names[0].words[0].lower() in PRONOUNS:
        return asked, {}
    verbs = [form.base for word in low[2:] if (form := VERBS.get(word) or OTHERS.get(word) or form_of(word))]
    found = {}
    for n, words in enumerate(sentences):
        why = _reason(plain(words), [*verbs, *low[3:4]], asked.names[0].key.split())
        feels = len(why) == 1 and (why[0] in FEELINGS or why[0] in FEELINGS_LIKE)
        if why and not (feels and asked.about != DEED):
            found[n] = told(asked.names[0], BECAUSE, Name(tuple(why)), names)
    if not found:
        return asked, {}
    return replace(asked, text="What does {0} do {1} to?", names=asked.names[:1], about=DEED, detail=BECAUSE,
                   slot="why"), found  # fmt: skip


def _reason(words: Sequence[Word], verbs: Sequence[str], who: Sequence[str]) -> list[str]:
    """What a sentence gives as the reason for a deed; nothing where it gives none."""
    low = lower(words)
    if low[:1] and low[0] in _BECAUSE and "and" in low[2:]:
        at = len(low) - 1 - low[::-1].index("and")
        why, does = words[1:at], words[at + 1 :]
    elif at := next((n for n in range(2, len(low) - 2) if low[n] in _BECAUSE), 0):
        why, does = words[at + 1 :], words[:at]
    elif (at := next((n for n in range(2, len(low) - 2) if low[n] == "so"), 0)) and (
        "that" not in low[at + 1 : at + 5] and low[at + 1] not in IS | {"far"}
    ):
        why, does = words[: at - (low[at - 1] == "and")], words[at + 1 :]
    else:
        return []
    bases = {form.base if (form := VERBS.get(w) or OTHERS.get(w) or form_of(w)) else w for w in lower(does)}
    if not {*verbs} & bases and not {*verbs} & {*lower(does)}:
        return []
    why = list(why)
    at = next((n for n, (word, _) in enumerate(why[:4]) if word in _IS), -1)
    if at >= 0 and (why[0][0] in PRONOUNS or why[0][1][:1].isupper() or {*lower(why[:at])} & {*who}) and (
        at < len(why) - 1 and form_of(why[at + 1][0]) is None
    ):  # fmt: skip
        why = why[at + 1 :]
        while len(why) > 1 and (why[0][0] in _SMALL or why[0][0] in ADVERBS):
            why = why[1:]
    return [written for _, written in why]
