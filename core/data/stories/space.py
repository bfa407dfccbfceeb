"""Places and shapes on a map: kinds 4 (north of what?), 17 (positions) and 19 (the way from one to another)."""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

from core.data.stories.draft import Draft
from core.data.stories.words import DIRECTIONS, RELATIONS

DIRECT = 0.25  # how often the free style asks of kinds 17 and 19 what one sentence told
TURNED = 0.3  # how often the free style asks of kind 4 what was told the other way round

Step = tuple[int, int]  # to the east, to the north


class Map:
    """Names on a grid, each joined to one that was there before it; what joins two of them is told in one sentence.

    Attributes:
        steps: name -> name that it is joined to -> the step from the first to the second.
        joints: the pairs that are joined, the older name first.
    """

    def __init__(self, rng: random.Random, first: str):
        self._rng = rng
        self._cells = {first: (0, 0)}
        self.steps: dict[str, dict[str, Step]] = {first: {}}
        self.joints: list[tuple[str, str]] = []

    def join(self, new: str, olds: Sequence[str] = (), step: Step | None = None, apart: bool = True) -> None:
        """Put ``new`` beside one of ``olds``, or of all.

        Args:
            new: a name that is not on the map yet.
            olds: the names that it may be joined to; they must leave room.
            step: the step from the old name to the new one; None draws it.
            apart: whether no other name may lie where the new one comes to lie. bAbI allows that in kind 19.
        """
        taken = set(self._cells.values())
        while True:
            old = self._rng.choice(olds or list(self._cells))
            east, north = step or self._rng.choice(list(DIRECTIONS.values()))
            cell = self._cells[old][0] + east, self._cells[old][1] + north
            if (cell not in taken) if apart else ((east, north) not in self.steps[old].values()):
                break
        self._cells[new] = cell
        self.steps[old][new] = east, north
        self.steps[new] = {old: (-east, -north)}
        self.joints.append((old, new))

    def walk(self, length: int) -> list[str]:
        """A random way of ``length`` steps, or of as many as there are, that never turns back."""
        for attempt in range(20 * length):
            way = [self._rng.choice(list(self.steps))]
            while len(way) <= length - attempt // 20:
                ahead = [name for name in self.steps[way[-1]] if name not in way]
                if not ahead:
                    break
                way.append(self._rng.choice(ahead))
            else:
                return way
        return list(self.joints[0])

    def way(self, there: str, here: str, words: Mapping[str, Step]) -> str:
        """The word for where ``there`` lies, seen from ``here``, beside it."""
        step = self.steps[here][there]
        return next(word for word, its in words.items() if its == step)


def _tell(
    draft: Draft, layout: Map, kind: str, words: Mapping[str, Step], old_last: float
) -> list[tuple[str, str, str, int]]:
    """Say how all that is joined lies, in random order: (name, way, other name, index of the sentence) for each.

    Of two, the older name stands last with the probability ``old_last``.
    """
    told = []
    draft.plan(len(layout.joints))
    for old, new in draft.rng.sample(layout.joints, len(layout.joints)):
        a, b = (new, old) if draft.rng.random() < old_last else (old, new)
        way = layout.way(a, b, words)
        told.append((a, way, b, draft.say(kind, a=a, way=draft.synonym(way), b=b)))
    return told


def _facts(told: list[tuple[str, str, str, int]], way: list[str]) -> list[int]:
    """The sentences that told how the names on a way lie, in its order."""
    sentence = {frozenset((a, b)): index for a, _, b, index in told}
    return [sentence[frozenset(hop)] for hop in pairwise(way)]


def two_arguments(draft: Draft) -> None:
    """4: What is north of the kitchen? As one sentence told."""
    rng = draft.rng
    joints = draft.room(max(1, (draft.settings.places or 3) - 1))
    first, *others = draft.places = draft.names.places(joints + 1)
    layout = Map(rng, first)
    if joints == 2:  # bAbI has three places in a line
        step = rng.choice(list(DIRECTIONS.values()))
        layout.join(others[0], [first], step)
        layout.join(others[1], [first], (-step[0], -step[1]))
    else:
        for place in others:
            layout.join(place)
    told = _tell(draft, layout, "lies", DIRECTIONS, 2 / 3)
    while not draft.done:
        a, way, b, index = rng.choice(told)
        if draft.settings.style == "free" and rng.random() < TURNED:
            a, way, b = b, layout.way(b, a, DIRECTIONS), a
        if rng.random() < 0.5:
            draft.ask("what lies", a, (index,), way=way, b=b)
        else:
            draft.ask("lies of what", b, (index,), a=a, way=way)


def positions(draft: Draft) -> None:
    """17: Is the triangle above the square? Both were told of beside a third; facts: the first's, the second's."""
    rng = draft.rng
    joints = draft.room(max(2, (draft.settings.things or 3) - 1))
    first, *others = draft.things = draft.names.things(joints + 1)
    layout = Map(rng, first)
    for number, thing in enumerate(others):
        layout.join(thing, [first] if number < 2 else ())
    told = _tell(draft, layout, "beside", RELATIONS, 1 / 3)
    while not draft.done:
        # bAbI asks by way of a third only.
        way = layout.walk(1 if draft.settings.style == "free" and rng.random() < DIRECT else 2)
        # Where the first of the way lies, seen from the last.
        east = -sum(layout.steps[a][b][0] for a, b in pairwise(way))
        north = -sum(layout.steps[a][b][1] for a, b in pairwise(way))
        true = [word for word, (x, y) in RELATIONS.items() if x * east + y * north > 0]
        answer = rng.choice(("yes", "no"))
        word = rng.choice(true if answer == "yes" else [word for word in RELATIONS if word not in true])
        draft.ask("is beside", answer, _facts(told, way), a=way[0], way=draft.synonym(word), b=way[-1])


def path(draft: Draft) -> None:
    """19: How do you go from the kitchen to the garden? Two steps, whose sentences are the facts."""
    rng = draft.rng
    joints = draft.room(max(2, (draft.settings.places or 6) - 1))
    first, *others = draft.places = draft.names.places(joints + 1)
    layout = Map(rng, first)
    way = [first, *others[:2]]
    for number, place in enumerate(others):
        if number < 2:
            layout.join(place, [way[number]])
        else:  # bAbI joins the others to the way itself, as long as it leaves room
            layout.join(place, way if number < 5 else (), apart=number >= 5)
    told = _tell(draft, layout, "lies", DIRECTIONS, 0.5)
    while not draft.done:
        if rng.random() < 0.5:
            way.reverse()
        steps = [layout.way(b, a, DIRECTIONS)[0] for a, b in pairwise(way)]
        draft.ask("path", ",".join(steps), _facts(told, way), a=way[0], b=way[-1])
        way = layout.walk(1 if draft.settings.style == "free" and rng.random() < DIRECT else 2)
