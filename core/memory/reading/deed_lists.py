"""Deeds of several people, or to several things: told so that the networks answer with a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.memory.reading.asked import Asked
from core.memory.reading.names import Name, Names

_DONE = re.compile(r"(.+?) does (\S+) to (.+)\.")
_HERE = Name(("something",))


def several(
    asked: Asked, statements: Sequence[str], rows: Sequence[Sequence[int]], names: Names
) -> tuple[Asked, list[str], list[tuple[int, ...]]] | None:
    """The question for all that did it, or that it was done to, with the story that tells them.

    None where the story has one of them, or none.
    """
    if asked.make or asked.slot not in ("who", "what") or asked.able:
        return None
    verb = names.say(Name(tuple(asked.detail.split()))).casefold()
    about = names.say(asked.names[0]).casefold().removeprefix("the ") if asked.names else ""
    found: dict[int, str] = {}
    for n, statement in enumerate(statements):
        match = _DONE.fullmatch(statement)
        if match is None or match[2].casefold() != verb:
            continue
        who, what = match[1], match[3]
        one, other = (what, who) if asked.slot == "who" else (who, what)
        if not about or one.casefold().removeprefix("the ") == about:
            found[n] = other[:1].lower() + other[1:] if other.startswith("The ") else other
    if len({*found.values()}) < 2:
        return None
    if asked.slot == "who":
        new = replace(asked, text="Who is in {0}?", names=(_HERE,), about="people")
        lines = {n: f"{one[:1].upper()}{one[1:]} is in {names.say(_HERE)}." for n, one in found.items()}
    else:
        new = replace(asked, text="What is {0} carrying?", about="holding")
        who = names.say(asked.names[0])
        # bAbI's things have an article, and without one nothing is taken to be carried
        lines = {n: f"{who[:1].upper()}{who[1:]} got the {one.removeprefix('the ')}." for n, one in found.items()}
    kept = sorted(lines)
    place = {n: at for at, n in enumerate(kept)}
    return new, [lines[n] for n in kept], [tuple(place[n] for n in row if n in place) for row in rows]
