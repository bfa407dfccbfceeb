"""What a story says in words that no network was taught: the clause that has all of a question but what is asked.

The question's verb and names are looked for in the clauses of the story; the one that has them answers with the part
that is asked for. Nothing is known here of what any verb means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.data.stories.words import COUNTS
from core.memory.reading.alike import called
from core.memory.reading.apposition import Appositions
from core.memory.reading.beings import BEINGS
from core.memory.reading.idioms import ASKS, noted
from core.memory.reading.names import AND, Name, Word, lower, words_of
from core.memory.reading.pointing.asking import (
    COLOUR,
    HOW,
    NUMBER,
    OBJECT,
    OWNER,
    SUBJECT,
    WHEN,
    WHERE,
    WHETHER,
    WHY,
    Wanted,
    asking,
)
from core.memory.reading.pointing.reasons import reason
from core.memory.reading.pointing.sayings import BARE, Saying, Sayings, being, root
from core.memory.reading.pointing.sayings import WHEN as TIME
from core.memory.reading.scene import Sexes
from core.memory.reading.words import BESIDE, COLOURS, DETERMINERS, IN, PRONOUNS, TO, VEHICLES, word_set

_PLACE = IN | BESIDE | TO | {"by", "off", "through", "up", "down", "across", "along", "around"}
_RIDES = VEHICLES | {"foot"}
_TRAVELS = frozenset(["get", "go", "com", "travel", "arriv", "reach", "return"])
_LIES = frozenset(["be", "go"])
_ENOUGH = 0.7  # of what is asked, that a clause says, to be the one that is meant
_STATES = _LIES | {"hav", "get", "tak", "hold", "own"}
_UNNAMED = word_set("""
    something someone somebody somewhere one two we you it that this anything nothing
""")


@dataclass(frozen=True)
class Pointed:
    """An answer, and the sentence that says it.

    Attributes:
        share: of the question's words, how many that clause has.
        part: what was asked for (:mod:`core.memory.reading.pointing.asking`).
        stays: and it tells of no way and of nothing that is taken: "slept", "waited".
        done: the verb of the question is in it, and is more than "is", "goes" and "has".
    """

    answer: str
    row: int
    share: float
    part: str
    done: bool
    stays: bool = False


def pointed_at(sentences: Sequence[str], question: str) -> Pointed | None:
    """The answer that a sentence says in so many words; None where none does."""
    beside = Appositions(sentences)
    words = [words_of(noted(beside.plain(text))) for text in sentences]
    wanted = asking(words_of(beside.plain(question)))
    if wanted is None:
        return None
    named = {} if wanted.verb == "call" else {**beside.named(), **called(words)}
    said = Sayings(named, Sexes([words_of(text) for text in sentences], beside.whole))
    for row, text in enumerate(sentences):
        (said.hear if ASKS.search(text) else said.add)(row, words[row])
    if wanted.most:
        return _compared(said.all, wanted)
    best: Pointed | None = None
    before: set[str] = set()
    for one in said.all:
        share = _share(one, wanted, before)
        before |= one.roots()
        if share <= 0 or best and share < best.share:
            continue
        if wanted.part == NUMBER and wanted.verb in ("be", "hav") and _since(said.all, one, wanted):
            continue
        if answer := _answer(one, wanted, words):
            if best and share == best.share and wanted.part in (SUBJECT, OBJECT) and answer != best.answer:
                answer = f"{best.answer},{answer}"
            best = Pointed(answer, one.row, share, wanted.part, wanted.verb not in _STATES, one.stays)
    return best


def _share(one: Saying, wanted: Wanted, before: set[str]) -> float:
    """How much of what is asked a clause says; 0 where it is about something else.

    ``before``: what the words come from that the story said before; they count half.
    """
    if one.open and not wanted.open and wanted.part != WHY or one.negated != wanted.negated and wanted.part != WHETHER:
        return 0
    if wanted.part == OWNER:
        return float(one.verb in (wanted.verb, "be") and not one.open and bool(_owner(one, wanted)))
    if wanted.part == COLOUR:
        return float(not one.negated and bool(_colour(one, wanted)))
    lies = wanted.part == WHERE and wanted.verb in _LIES or wanted.part == HOW and wanted.verb in _TRAVELS
    if one.verb != wanted.verb and not lies:
        return 0
    who = {root(word) for name in one.who for word in name.words if not word.endswith("'s")}
    if lies:  # whatever is done to it there
        who |= {root(word) for where, name in one.parts if where == BARE for word in name.words[-1:]}
        if wanted.who and root(wanted.head) not in who:
            return 0
    elif one.passive and not wanted.passive:
        who = {root(word) for where, name in one.parts if where == "by" for word in name.words}
    if wanted.who and not wanted.who & who:
        return 0
    roots = one.roots()
    hits = wanted.about & roots
    if wanted.proper - roots:
        return 0
    share = (len(hits) + len((wanted.about - hits) & before) / 2 + 1) / (len(wanted.about) + 1)
    return share if share >= _ENOUGH else 0


def _answer(one: Saying, wanted: Wanted, sentences: Sequence[Sequence[Word]]) -> str:
    """The part of a clause that is asked for; empty where it has none."""
    objects = [name for where, name in one.parts if where == BARE]
    others = [name for name in objects if not {root(word) for word in name.words} & (wanted.about | {wanted.noun})]
    if wanted.part == WHETHER:
        full = wanted.about <= one.roots()
        return ("no" if one.negated != wanted.negated else "yes") if full else ""
    if wanted.part == SUBJECT:
        found = list(one.who)
        if one.passive and not wanted.passive:
            found = [name for where, name in one.parts if where == "by"]
        elif wanted.passive and not one.passive:
            found = objects
        return _said(found, wanted)
    if wanted.part == OBJECT:
        if wanted.small:
            found = [name for where, name in one.parts if where == wanted.small]
            if not found and wanted.small == "to":
                found = [name for name in others if being(name)]
            return _said(found, wanted)
        if one.passive and not wanted.passive:
            return _said(list(one.who), wanted)
        return _said(others if len(others) < 2 else [name for name in others if not being(name)] or others, wanted)
    if wanted.part == WHERE:
        places = [name for where, name in one.parts if where in _PLACE and not _of(name, wanted)]
        places = [name for name in places if name.words[-1].lower() not in BEINGS]
        return _said(places[:1], wanted)
    if wanted.part == WHEN:
        return _said([name for where, name in one.parts if where == TIME][:1], wanted)
    if wanted.part == WHY:
        return reason(sentences, one.row)
    if wanted.part == OWNER:
        return _owner(one, wanted)
    if wanted.part == COLOUR:
        return _colour(one, wanted)
    if wanted.part == NUMBER:
        return next((number for name in (*one.who, *objects) if (number := _number(name, wanted))), "")
    if wanted.part == HOW and wanted.verb in _TRAVELS:
        by = [name for where, name in one.parts if where == "by" and name.words[-1].lower() in _RIDES]
        return _said(by or [name for name in objects if name.words[-1].lower() in _RIDES], wanted)
    return ""


def _number(name: Name, wanted: Wanted) -> str:
    """How many a name says that there are: "three shells", or "five" alone."""
    low = [word.lower() for word in name.words]
    at = next((n for n, word in enumerate(low) if word.isdecimal() or word in COUNTS), None)
    if at is None or len(low) > 1 and wanted.noun not in map(root, low):
        return ""
    return low[at]


def _since(said: Sequence[Saying], one: Saying, wanted: Wanted) -> bool:
    """Whether something is told behind a clause that may change a number."""
    later = said[said.index(one) + 1 :]
    return any(its.verb not in ("be", "hav") or wanted.noun in its.roots() for its in later)


def _compared(said: Sequence[Saying], wanted: Wanted) -> Pointed | None:
    """Who of several has the most, or the fewest, of what they have, found or made."""
    found: dict[str, tuple[int, int]] = {}
    for one in said:
        objects = [name for where, name in one.parts if where == BARE]
        number = next((number for name in objects if (number := _number(name, wanted))), "")
        if one.verb == wanted.verb and len(one.who) == 1 and number and not one.negated and not one.open:
            found[one.who[0].text] = COUNTS.index(number) if number in COUNTS else int(number), one.row
    if len(found) < 2:
        return None
    most = (min if wanted.fewest else max)(found.values())[0]
    best = [(who, row) for who, (count, row) in found.items() if count == most]
    return Pointed(best[0][0], best[0][1], 1.0, wanted.part, True) if len(best) == 1 else None


def _owner(one: Saying, wanted: Wanted) -> str:
    """Of "A bird stole Ada's sandwich", where it is asked whose it was: Ada."""
    words = one.words
    owners = [written.removesuffix("'s") for (_, written), (low, _) in zip(words, words[1:], strict=False)
              if written.endswith("'s") and root(low) == wanted.noun]  # fmt: skip
    return owners[0] if wanted.noun and len(owners) == 1 else ""


def _colour(one: Saying, wanted: Wanted) -> str:
    """The colour that stands before the noun that is asked about, or is said of it."""
    low = lower(one.words)
    heads = [n for n, word in enumerate(low) if root(word) in wanted.who]
    for n in heads:
        if not wanted.proper | wanted.owner <= one.roots():
            return ""
        for word in reversed(low[max(0, n - 3) : n]):
            if word in COLOURS:
                return word
            if word in DETERMINERS | IN | AND:
                break
    subject = {root(word) for name in one.who for word in name.words[-1:]}
    said = [name.words[-1].lower() for where, name in one.parts if where == BARE and name.words[-1].lower() in COLOURS]
    return said[0] if one.verb == "be" and said and wanted.who <= subject else ""


def _of(name: Name, wanted: Wanted) -> bool:
    return bool({root(word) for word in name.words} & wanted.about)


def _said(names: Sequence[Name], wanted: Wanted) -> str:
    """The names as an answer; nothing where one is none."""
    texts = [name.text for name in names if not _of(name, wanted)]
    if not texts or any(text.split()[0].lower() in _UNNAMED | PRONOUNS for text in texts):
        return ""
    return ",".join(dict.fromkeys(texts))
