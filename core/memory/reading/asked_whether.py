"""Questions to be answered by yes or no, choices of two, and what no other kind of question is for."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.plurals import singular
from core.memory.reading.asked import (
    ANY,
    CARRYING,
    CHOICE,
    COMPARISON,
    CONTAINS,
    DEED,
    RELATION,
    TIME,
    Asked,
    skip,
    subject,
)
from core.memory.reading.names import Name, Word, noun, nouns
from core.memory.reading.tails import particles
from core.memory.reading.verbs import OTHERS, VERBS, Form
from core.memory.reading.words import (
    ADVERBS,
    COLOURS,
    COMPARED,
    DETERMINERS,
    DOES,
    IN,
    IS,
    PREPOSITIONS,
    PRONOUNS,
    SIDES,
    TO,
    WAYS,
)

_MEASURES = {
    "old": "age",
    "tall": "height",
    "heavy": "weight",
    "long": "length",
    "big": "size",
    "high": "height",
    "much": "cost",
    "far": "distance",
    "deep": "depth",
    "wide": "width",
    "fast": "speed",
}


def yes_no(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    word = low[0]
    if word not in IS | DOES | {"has", "have", "can", "could", "might", "would", "will"} or len(low) < 3:
        return None
    at = skip(low, 1)
    at += word in IS and low[at : at + 1] == ["there"] and len(low) > 4  # "Is there milk in the fridge?"
    if anybody := _anybody(words, low, at):
        return anybody
    several, after = nouns(words, at)
    if len(several) > 1 and word in ("are", "were") and low[after : after + 1] and low[after] in IN:
        place = subject(words, after + 1)[0]
        return Asked("Who is in {0}?", (place,), "people", make=CONTAINS, of=tuple(several)) if place else None
    name, end = subject(words, at)
    if name is None:
        return None
    end = skip(low, end)
    while (
        end < len(low)
        and low[end] in ("be", "found", "located", "been", "there", "either")
        or end < len(low) - 1
        and low[end] in ADVERBS
        and low[end] not in ("back",)
    ):
        end += 1
    if end == len(low) and word in IS and name.article and len(name.words) > 1:  # "Is the door open?"
        name, end = Name(name.words[:-1], True), end - 1
    rest = low[end:]
    if not rest:
        return None
    form = VERBS.get(rest[0])
    if rest[0] in ("lie", "placed", "located"):
        end, rest = end + 1, rest[1:]
    if not rest:
        return None
    if rest[:2] == ["to", "the"] and rest[2:3] and rest[2] in ("left", "right"):
        end, rest = end + 2, rest[2:]
    if rest[:2] == ["on", "the"] and rest[2:3] and rest[2] in ("left", "right"):
        end, rest = end + 2, rest[2:]
    if rest and rest[0] in SIDES and (rest[0] not in ("left", "right") or rest[1:2] == ["of"]):
        other, _ = subject(words, end + (2 if rest[1:2] == ["of"] else 1))
        return Asked("Is {0} " + SIDES[rest[0]] + " {1}?", (name, other), RELATION) if other else None
    if rest[0] in COMPARED and rest[1:2] == ["than"]:
        other, _ = subject(words, end + 2)
        if other is None:
            return None
        about = COMPARED[rest[0]]
        pair = (other, name) if about.startswith("-") else (name, other)
        return Asked("Is {0} bigger than {1}?", pair, COMPARISON, about.lstrip("-"))
    if (
        rest[0] in ("fit", "fits", "go")
        and rest[1:2]
        and rest[1] in ("in", "into", "inside")
        and word in ("does", "do", "would", "will", "can", "could")
        and rest[0] != "go"
    ):
        other, _ = subject(words, end + 2)
        return Asked("Is {0} bigger than {1}?", (other, name), COMPARISON, "size") if other else None
    if rest[0] in WAYS and rest[1:2] == ["of"] and word in IS and (other := subject(words, end + 2)[0]):
        return Asked("What does {0} do {1} to?", (name,), DEED, rest[0], CONTAINS, (other,), slot="way")
    if rest[0] in ("afraid", "scared", "frightened") and rest[1:2] == ["of"] and (other := subject(words, end + 2)[0]):
        one = Name(tuple(singular(word) for word in other.words))
        return Asked("What is {0} afraid of?", (name,), make=CONTAINS, of=(one,))
    been = "been" in low and word in ("has", "have") or word in ("was", "were") and rest[0] in IN and not time
    if been and name.proper and rest[1:2] and (rest[0] in IN | TO) and (place := subject(words, end + 1)[0]):
        return Asked("What does {0} do {1} to?", (name,), DEED, "visit", CONTAINS, (place,), slot="visit")
    if rest[0] in COLOURS and len(rest) == 1 and word in IS:
        return Asked("What color is {0}?", (name,), make=CONTAINS, of=(Name((rest[0],)),))
    if word in IS and len(rest) == 1 and words[-1][1].islower() and rest[0] not in VERBS:
        return Asked(
            "What does {0} do {1} to?", (name,), DEED, rest[0], CONTAINS, (Name(("something",)),), slot="quality"
        )
    if word in DOES and form and form.tells == "give":
        first, after = subject(words, particles(words, end + 1)[1])
        to_first = first and low[after : after + 1] != ["to"]
        other = subject(words, after + (not to_first))[0]
        if first and other:
            receiver, thing = (first, other) if to_first else (other, first)
            return Asked("What did {0} give to {1}?", (name, receiver), make=CONTAINS, of=(thing,))
        return None
    if word in IS and rest[0] in IN | {"home"} or word in ("can", "could", "might") and rest[0] in IN:
        where = Name(("home",)) if rest[0] == "home" else subject(words, end + 1)[0]
        return Asked("Is {0} in {1}?", (name, where), TIME if time else "", time=time) if where else None
    if (
        form
        and (form.tells == "go" or form.tells == "stay" and {*rest[1:3]} & IN)
        and rest[1:2]
        and word not in ("will",)
    ):
        begin = end + 1
        while begin < len(low) and (low[begin] in TO | IN or low[begin] == "back"):
            begin += 1
        place, _ = subject(words, begin)
        return Asked("Is {0} in {1}?", (name, place)) if place else None
    holding = form and form.base in CARRYING or word in ("has", "have") and rest
    if holding:
        begin = particles(words, end + 1)[1] if form and form.base in CARRYING else end
        held = subject(words, begin)[0]
        return Asked("What is {0} carrying?", (name,), "holding", make=CONTAINS, of=(held,)) if held else None
    return None


def _anybody(words: Sequence[Word], low: list[str], at: int) -> Asked | None:
    """ "Is anyone in the pool?"."""
    if low[at : at + 1] and low[at] in ("anyone", "anybody", "someone", "somebody") and low[0] in IS and "in" in low:
        place = subject(words, low.index("in") + 1)[0]
        return Asked("Who is in {0}?", (place,), "people", make=ANY) if place else None
    return None


def choice(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    """ "Which is heavier, the rock or the feather?", "Who is taller, Tom or Ann?"."""
    if low[0] not in ("which", "who", "what"):
        return None
    at = next((i for i, word in enumerate(low) if word in COMPARED), 0)
    if not at:
        return None
    begin = at + 1
    begin += begin < len(low) and low[begin] == "and"
    one, end = noun(words, begin)
    if one is None or low[end : end + 1] not in (["or"], ["and"]):
        return None
    other, _ = noun(words, end + 1 + (low[end + 1 : end + 2] == ["or"]))
    if other is None:
        return None
    about = COMPARED[low[at]]
    pair = (other, one) if about.startswith("-") else (one, other)
    return Asked("Is {0} bigger than {1}?", pair, COMPARISON, about.lstrip("-"), make=CHOICE, of=(one, other))


def _called(words: Sequence[Word], low: Sequence[str]) -> Asked | None:
    """ "What is Kai?", "Who is Kai?": what the story calls them."""
    name, end = subject(words, 2)
    if name and end == len(low) and len(name.words) > 1 and (name.article or words[2][0] in DETERMINERS):
        return Asked("What does {0} do {1} to?", (name,), DEED, "is", slot="is")
    if name is None or end < len(low) or name.article or not words[2][1][:1].isupper() or low[2] in PRONOUNS | {"i"}:
        return None
    return Asked("What does {0} do {1} to?", (name,), DEED, "job", slot="job")


def _before(words: Sequence[Word], end: int) -> Name | None:
    """The name of "can *the old owl* glide", whose verb nobody knows."""
    name = noun(words[:end], 1)
    return name[0] if name[1] == end else None


def deed(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    """What no kind of question is for, and a sentence of the story may say in so many words."""
    forms = {**OTHERS, **VERBS}
    if low[:2] == ["what", "is"] and low[-1] in ("job", "profession", "occupation", "work") and len(low) > 3:
        owner = noun(words[:-1], 2)[0]
        if owner:
            owner = Name((*owner.words[:-1], owner.words[-1].removesuffix("'s")), owner.article, owner.proper)
        return Asked("What does {0} do {1} to?", (owner,), DEED, low[-1], slot="job") if owner else None
    if low[0] == "how" and low[1] in _MEASURES:
        measure = "weight" if "weigh" in low else _MEASURES[low[1]]
        at = next((i for i, word in enumerate(low) if word in IS | DOES), 0)
        name, _ = subject(words, at + 1) if at else (None, 0)
        return Asked("What does {0} do {1} to?", (name,), DEED, measure, slot="measure") if name else None
    if low[0] in ("who", "what") and low[1] in forms and low[1] not in IS:
        form = forms[low[1]]
        begin = particles(words, 2)[1]
        other, _ = subject(words, begin + (low[begin : begin + 1] != [] and low[begin] in PREPOSITIONS))
        if low[2:3] and low[2] in ("where", "what", "when", "why", "how"):
            return None  # "Who went where?"
        names = (other,) if other else ()
        return Asked("Who does {0} to {1}?", names, DEED, form.base, slot="who")
    wh, at = low[0], 1
    if wh in ("who", "whom", "what", "when", "which") or low[:2] == ["what", "time"]:
        if wh in ("what", "who") and low[1] in IS and (found := _called(words, low)):
            return found
        at = next((i for i, word in enumerate(low[:4]) if word in DOES or word == "can"), 0)
        if at:
            name, end = subject(words, at + 1)
            verb = forms.get(low[end]) if end < len(low) else None
            if name and verb:
                verb = Form("drop", "lay", "base") if low[end] == "lay" else verb  # and no past of "lie"
                slot = "when" if wh == "when" or low[:2] == ["what", "time"] else "what"
                return Asked("What does {0} do {1} to?", (name,), DEED, verb.base, slot=slot, able=low[at] == "can")
        return None
    if wh == "can":
        name, end = subject(words, 1, asked=True)
        verb = forms.get(low[end]) if end < len(low) else None
        name = name if verb else _before(words, len(low) - 1)
        verb = verb or (Form("does", low[-1], "base") if name else None)
        other = subject(words, end + 1)[0] if verb else None
        if name and verb:
            of = other or Name(("something",))
            return Asked(
                "What does {0} do {1} to?", (name,), DEED, verb.base, CONTAINS, (of,), slot="what", able=True
            )  # fmt: skip
    if wh in DOES:
        name, end = subject(words, 1)
        verb = forms.get(low[end]) if end < len(low) else None
        other, _ = subject(words, end + 1) if verb else (None, 0)
        if name and verb and other:
            return Asked("What does {0} do {1} to?", (name,), DEED, verb.base, CONTAINS, (other,), slot="what")
    return None
