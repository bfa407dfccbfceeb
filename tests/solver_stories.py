"""An independent reader of stories: text in, answer and supporting facts out, for all twenty kinds of question.

It shares nothing with the generator. Where the generator's world model goes forward and keeps what is known, this one
reads the words with patterns of its own, and searches back from the question for the sentences that decide it.
"""

import re
from collections.abc import Iterator, Sequence

from solver_patterns import QUESTIONS, SIDES, STATEMENTS, STEPS, TIMES, read

Facts = tuple[int, ...]

_WANTS = {  # what people who feel so look for
    **dict.fromkeys(("hungry", "thirsty"), "kitchen"),
    **dict.fromkeys(("tired", "sleepy"), "bedroom"),
    "bored": "garden",
    "dirty": "bathroom",
}
_PLURALS = {
    "butterflies": "butterfly",
    "canaries": "canary",
    "flies": "fly",
    "geese": "goose",
    "mice": "mouse",
    "oxen": "ox",
    "ponies": "pony",
    "tortoises": "tortoise",
    "wolves": "wolf",
}
_SAME_PLURAL = ("sheep", "moose", "deer", "fish", "salmon", "trout", "jellyfish")


class Unsolved(Exception):
    """The story does not tell, or its text was not understood."""


def solve(sentences: Sequence[str], question: str) -> tuple[str, list[Facts]]:
    """The answer to a question about a story, and the labels of its supporting facts that would be right.

    There is more than one such label only in kind 18, where a chain can be told in several ways.

    Raises:
        Unsolved: the question cannot be answered from these sentences.
    """
    story, before = _who_is_she([read(sentence, STATEMENTS) for sentence in sentences])
    kind, words = read(question, QUESTIONS)
    if kind not in _SOLVERS:
        raise Unsolved(question)
    answer, labels = _SOLVERS[kind](story, words)
    return answer, [_with_names(facts, before) for facts in labels]


Story = list[tuple[str, dict[str, str]]]


def _who_is_she(story: Story) -> tuple[Story, dict[int, Facts]]:
    """The story with names for its pronouns, and for each sentence that has one where the name was told.

    "She" is who did something, or was told to be somewhere, in the last sentence with a name.
    """
    told: Story = []
    before: dict[int, Facts] = {}
    named = -1
    for index, (kind, words) in enumerate(story):
        if kind.startswith("next"):
            kind = kind.removeprefix("next").strip() or "go"
            people = {slot: told[named][1][slot] for slot in ("who", "other") if named >= 0 and slot in told[named][1]}
            words = {**words, **people}
            before[index] = (named,) if named >= 0 else ()
            if words.get("thing") == "it":  # what the sentence before was about
                words = {**words, "thing": told[index - 1][1]["thing"]}
                before[index] = *before.get(index - 1, ()), index - 1
        elif kind:
            named = index
        told.append((kind, words))
    return told, before


def _with_names(facts: Facts, before: dict[int, Facts]) -> Facts:
    """The facts, with the sentence that tells who "she" is before each that needs it."""
    both = [one for index in facts for one in (*before.get(index, ()), index)]
    return tuple(dict.fromkeys(both))


def _back(story: Story, *kinds: str, **names: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The sentences of some kinds that have these names, from the last."""
    for index in range(len(story) - 1, -1, -1):
        kind, words = story[index]
        if kind in kinds and all(words.get(slot) == name for slot, name in names.items()):
            yield index, words


def _first(found: Iterator) -> tuple[int, dict[str, str]]:
    try:
        return next(found)
    except StopIteration:
        raise Unsolved("nothing tells") from None


def _went(story: Story, who: str) -> Iterator[tuple[str, Facts]]:
    """Where someone went, from the last, and what tells it, as long as that is sure."""
    for index, words in _back(story, "go", "in", "out", "either"):
        kind = story[index][0]
        if who == words.get("who") or who == words.get("other") and kind == "go":
            if kind in ("out", "either"):
                return
            yield words["place"], (index,)


def _where(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    x = words["x"]
    index, last = next(_back(story, "get", "drop", "give", thing=x), (-1, {}))
    if index < 0:
        place, facts = _first(_went(story, x))
        return place, [facts]
    # Who dropped it took it to where it lies; who got it takes it along.
    kind = story[index][0]
    place, went = _first(_went(story[:index] if kind == "drop" else story, last["to" if kind == "give" else "who"]))
    return place, [(index, *went)]


def _before(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    x, place = words["x"], words["place"]
    days = {TIMES.index(day["time"]): (index, day["place"]) for index, day in _back(story, "day", who=x)}
    if days:
        times = sorted(days)
        last = max((n for n in range(1, len(times)) if days[times[n]][1] == place), default=0)
        if not last:
            raise Unsolved("not there, or nowhere before")
        (came, before), (went, _) = days[times[last - 1]], days[times[last]]
        return before, [(went, came)]
    index, last_words = _first(_back(story, "get", "drop", "give", thing=x))
    start, end = index, len(story)
    if story[index][0] == "drop":
        start, end = _first(_back(story[:index], "get", "give", thing=x))[0], index
    carrier = last_words["to" if story[index][0] == "give" else "who"]
    trip = [(there, facts[0]) for there, facts in _went(story[:end], carrier) if facts[0] > start]  # back in time
    for (there, went), (before, came) in zip(trip, trip[1:], strict=False):
        if there == place:
            return before, [(index, went, came)]
    raise Unsolved("it was not carried there")


def _is_in(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    index, told = _first(
        (index, told)
        for index, told in _back(story, "go", "in", "out", "either")
        if words["who"] == told.get("who") or words["who"] == told.get("other") and story[index][0] == "go"
    )
    kind = story[index][0]
    there = words["place"] in (told["place"], told.get("other") if kind == "either" else None)
    if kind == "out" and not there:
        raise Unsolved("only known not to be elsewhere")
    answer = {"out": "no", "either": "maybe"}.get(kind, "yes") if there else "no"
    return answer, [(index,)]


def _handled(story: Story, who: str) -> dict[str, list[tuple[int, bool]]]:
    """Thing -> (index, whether they had it then) of what someone did with it, things as they first came."""
    things: dict[str, list[tuple[int, bool]]] = {}
    for index, (kind, words) in enumerate(story):
        if kind in ("get", "drop", "give") and who in (words["who"], words.get("to")):
            had = kind == "get" or words.get("to") == who
            things.setdefault(words["thing"], []).append((index, had))
    if not things:
        raise Unsolved("nothing about them and things")
    return things


def _how_many(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    things = _handled(story, words["who"])
    number = sum(told[-1][1] for told in things.values())
    names = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return names[number], [tuple(sorted(index for told in things.values() for index, _ in told))]


def _carrying(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    things = _handled(story, words["who"])
    held = [thing for thing, told in things.items() if told[-1][1]]
    return ",".join(held) or "nothing", [tuple(index for told in things.values() for index, _ in told)]


def _gift(wanted: str):
    def find(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
        index, told = _first(_back(story, "give", **words))
        return told[wanted], [(index,)]

    return find


def _what_lies(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    """Both "what is north of b" and "what is a north of"; told so, or turned round."""
    known, asked = ("b", "a") if "b" in words else ("a", "b")
    for index, told in _back(story, "lies"):
        if told[known] == words[known] and told["way"] == words["way"]:
            return told[asked], [(index,)]
        step, back = STEPS[told["way"]], STEPS[words["way"]]
        if told[asked] == words[known] and step == (-back[0], -back[1]):
            return told[known], [(index,)]
    raise Unsolved("nothing lies there")


def _joined(story: Story, kind: str, steps: dict[str, tuple[int, int]]) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Name -> name beside it -> (step to the east, to the north, index of the sentence)."""
    beside: dict[str, dict[str, tuple[int, int, int]]] = {}
    for index, words in _back(story, kind):
        east, north = steps[words["way"]]
        beside.setdefault(words["b"], {})[words["a"]] = east, north, index
        beside.setdefault(words["a"], {})[words["b"]] = -east, -north, index
    return beside


def _ways(beside: dict[str, dict[str, tuple[int, int, int]]], a: str, b: str) -> list[tuple[int, int, int]]:
    """The shortest way from a to b, as steps."""
    ways, seen = {a: []}, {a}
    while ways:
        if b in ways:
            return ways[b]
        ways = {
            there: [*way, step]
            for here, way in ways.items()
            for there, step in beside.get(here, {}).items()
            if there not in seen
        }
        seen.update(ways)
    raise Unsolved("no way")


def _path(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    way = _ways(_joined(story, "lies", STEPS), words["a"], words["b"])
    letters = {step: name[0] for name, step in STEPS.items()}
    return ",".join(letters[east, north] for east, north, _ in way), [tuple(index for *_, index in way)]


def _is_beside(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    way = _ways(_joined(story, "beside", SIDES), words["b"], words["a"])
    x, y = SIDES[words["way"]]
    seen = x * sum(east for east, _, _ in way) + y * sum(north for _, north, _ in way)
    return "yes" if seen > 0 else "no", [tuple(index for *_, index in reversed(way))]


def _is_bigger(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    told = [(index, told["a"], told["b"]) for index, told in reversed(list(_back(story, "bigger")))]
    yes = _chains(told, words["a"], words["b"], down=True)
    labels = yes or _chains(told, words["b"], words["a"], down=False)
    if not labels:  # nothing but the two themselves
        for index, told in _back(story, "bigger"):
            if {told["a"], told["b"]} == {words["a"], words["b"]}:
                return "yes" if told["a"] == words["a"] else "no", [(index,)]
        raise Unsolved("no chain of two")
    return "yes" if yes else "no", labels


def _chains(told: list[tuple[int, str, str]], big: str, small: str, down: bool) -> list[Facts]:
    """A sentence about the big one (or the small one, if not down), and the first sentence that joins on to it."""
    chains = []
    for index, a, b in told:
        joins = ((other, c, d) for other, c, d in told if (b == c if down else a == d))
        other, c, d = next(joins, (-1, "", ""))
        if (a, d) == (big, small) if down else (c, b) == (big, small):
            chains.append((index, other))
    return chains


def _single(kind: str) -> str:
    rest, space, last = kind.rpartition(" ")
    if last in _SAME_PLURAL:
        return kind
    if last in _PLURALS:
        return rest + space + _PLURALS[last]
    return kind[:-2] if re.search("(us|is|ss|sh|ch|x)es$", kind) else kind[:-1]


def _feared(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    index, told = _first(_back(story, "a", who=words["who"]))
    for other, fear in _back(story, "fears"):
        if _single(fear["kinds"]) == told["kind"]:
            return _single(fear["others"]), [(index, other)]
    raise Unsolved("nothing about its kind")


def _colour(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    """As told, or that of the last other of the same kind."""
    for index, told in _back(story, "so", who=words["who"]):
        return told["state"], [(index,)]
    index, told = _first(_back(story, "a", who=words["who"]))
    for other, alike in _back(story, "a", kind=told["kind"]):
        coloured = next(_back(story, "so", who=alike["who"]), None)
        if alike["who"] != words["who"] and coloured:
            return coloured[1]["state"], [(index, other, coloured[0])]
    raise Unsolved("no other of its kind")


def _is_so(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    index, told = _first(_back(story, "so", who=words["who"]))
    return "yes" if told["state"] == words["state"] else "no", [(index,)]


def _who_has(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    index, told = _first(_back(story, "get", "drop", "give", thing=words["thing"]))
    if story[index][0] == "drop":
        raise Unsolved("nobody")
    return told.get("to", told["who"]), [(index,)]


def _at_time(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    index, told = _first(_back(story, "day", **words))
    return told["place"], [(index,)]


def _will_go(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    index, told = _first(_back(story, "so", who=words["who"]))
    return _WANTS[told["state"]], [(index,)]


def _why(story: Story, words: dict[str, str]) -> tuple[str, list[Facts]]:
    index, told = _first(_back(story, "so", who=words["who"]))
    return told["state"], [(index,)]


_SOLVERS = {
    "where": _where,
    "before": _before,
    "in": _is_in,
    "how many": _how_many,
    "carrying": _carrying,
    "given": _gift("thing"),
    "giver": _gift("who"),
    "to whom": _gift("to"),
    "what lies": _what_lies,
    "lies of what": _what_lies,
    "path": _path,
    "beside": _is_beside,
    "bigger": _is_bigger,
    "feared": _feared,
    "colour": _colour,
    "so": _is_so,
    "who has": _who_has,
    "at time": _at_time,
    "will go": _will_go,
    "why": _why,
}
