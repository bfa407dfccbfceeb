"""Traces of stories -> words, and the table sentence x hop as a picture. Knows no Streamlit."""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw

from core.memory.registry import NETWORKS
from core.trace import Hop, StoryTrace
from core.views import lettering
from core.views.figures import percent
from core.views.text import plain

SURE, FAIRLY = 0.9, 0.6  # calibrated probabilities from which a network is called so
DIRECTIONS = {"n": "north", "s": "south", "e": "east", "w": "west"}
MAX_ROWS = 200  # of the picture; of a longer story, the sentences that were looked at most
OPEN = 0.5  # from here on a gate of its own counts as open
WIDE = 0.995  # a hop's gate from here on lets everything through, and nothing is said of it
NEEDED = 0.1  # a fall of probability that is worth a word

_CELL, _ROW, _TEXT, _GAP, _EDGE = 62, 40, 620, 26, 36  # pixels of the picture
_TOP = _EDGE + 208  # of the first sentence
_ACCENT, _PAPER, _INK, _QUIET, _LINE = (194, 65, 12), (255, 255, 255), (33, 29, 26), (120, 112, 104), (227, 221, 213)


def spoken(answer: str) -> str:
    """An answer in bAbI's form as one says it: "apple,milk" -> "apple, milk"; "s,w" -> "south, west"."""
    parts = [part.strip() for part in answer.split(",")]
    if all(part in DIRECTIONS for part in parts):
        parts = [DIRECTIONS[part] for part in parts]
    return ", ".join(parts)


def certainty(prob: float) -> str:
    """A calibrated probability in words."""
    return "sure" if prob >= SURE else "fairly sure" if prob >= FAIRLY else "not sure"


def verdict(trace: StoryTrace, right: str | None) -> str:
    """Whether the answer is the right one; nothing where that is not known."""
    if right is None:
        return ""
    return "right" if trace.told and same_answer(trace.answer, right) else f"wrong: it is {spoken(right)}"


def same_answer(answer: str, other: str) -> bool:
    """Networks of a fixed vocabulary answer without capitals."""
    return answer.casefold() == other.casefold()


def describe_hop(trace: StoryTrace, hop: int, rows: Sequence[int]) -> str:
    """Where a hop looked, for those who cannot see the colours; ``rows`` numbers the sentences, from 0."""
    if hop >= len(trace.hops):
        return "has stopped looking"
    look = trace.hops[hop]
    if trace.attention == "none":
        return "looks at all sentences alike: it has no attention"
    most = look.most
    if most is None:
        return "looks at several sentences alike" if max(look.alpha) > 0 else "looks at no sentence"
    if look.forced:
        return f"is made to look at sentence {rows[most] + 1}"
    weight = look.alpha[most]
    if not look.normalised:
        others = sum(gate >= OPEN for gate in look.alpha) - (weight >= OPEN)
        beside = f", and at {others} other{'s' if others > 1 else ''}" if others else ""
        return f"looks most at sentence {rows[most] + 1}, its gate open to {percent(weight)}{beside}"
    if look.glimpse is None and len(look.alpha) > 1 and weight < 1.5 / len(look.alpha):
        return "looks at all sentences, almost evenly"
    verb = "looks at" if look.glimpse is not None else "looks most at"
    beside = "".join(f"; {text}" for text in hop_notes(look))
    return f"{verb} sentence {rows[most] + 1}, {percent(weight)}{beside}"


NOTES = {"gate": "came through", "nothing": "rested on nothing", "enough": "sure to have enough"}


def _told(hop: Hop) -> dict[str, float]:
    """What else there is to know of a hop: how much came through, what rested on nothing, whether it has enough."""
    told = {"gate": hop.gate} if hop.gate < WIDE else {}
    if hop.on_nothing >= 1 - WIDE:
        told["nothing"] = hop.on_nothing
    if hop.enough is not None:
        told["enough"] = hop.enough
    return told


def hop_notes(hop: Hop) -> list[str]:
    """What else there is to know of a hop, in words."""
    return [f"{percent(share)} {NOTES[kind]}" for kind, share in _told(hop).items()]


def hop_labels(hop: Hop) -> list[str]:
    """The same where there is little room, under the hop's name."""
    return [f"{kind} {100 * share:.0f} %" for kind, share in _told(hop).items()]


def describe_weights(network: str) -> str:
    """What the weights of an architecture's hops are, a sentence; nothing for one that the registry does not have."""
    return NETWORKS[network].weights if network in NETWORKS else ""


def describe_facts(trace: StoryTrace, facts: Sequence[int]) -> str:
    """How many of the labelled facts, indices of sentences, the looks land on."""
    if not facts or trace.attention == "none":
        return ""
    found = len({hop.most for hop in trace.hops} & set(facts))
    if len(facts) == 1:
        return "Its looks land on the labelled fact." if found else "Its looks miss the labelled fact."
    some = "all" if found == len(set(facts)) else found or "none"
    return f"Its looks land on {some} of the {len(set(facts))} labelled facts."


def describe_falls(falls: Sequence[float], rows: Sequence[int]) -> str:
    """Which sentence the answer hangs on; ``falls`` of its probability without each, numbered by ``rows``."""
    if not falls:
        return ""
    most = max(range(len(falls)), key=falls.__getitem__)
    if falls[most] < NEEDED:
        return "Without any one sentence it would say much the same."
    return f"Without sentence {rows[most] + 1} the answer’s probability falls by {points(falls[most])}."


def points(fall: float) -> str:
    """0.88 -> "88 points"."""
    number = round(100 * fall)
    return f"{number} point{'' if abs(number) == 1 else 's'}"


def looked(trace: StoryTrace) -> list[float]:
    """How much of each sentence was used: the largest part that came through any hop."""
    return [max(weights) for weights in zip(*(hop.through for hop in trace.hops), strict=True)]


def story_table(
    traces: Sequence[StoryTrace],
    rows: Sequence[int],
    facts: Sequence[int] = (),
    falls: Mapping[str, Sequence[float]] | None = None,
) -> Image.Image:
    """One question as several networks answered it: the table sentence x hop, on white, for paper.

    Args:
        traces: answers to one question about one story.
        rows: the number of each sentence, from 0.
        facts: indices of the labelled facts.
        falls: network -> how much the probability of its answer falls without each sentence.
    """
    falls = falls or {}
    shown = _most_seen(traces)
    widths = [max(3, len(trace.hops) + (trace.model in falls)) * _CELL for trace in traces]
    width = 2 * _EDGE + _TEXT + sum(width + _GAP for width in widths)
    bottom = _TOP + _ROW * len(shown)
    notes = [_note(traces, bool(falls), len(rows) - len(shown)), *_weights(traces)]
    picture = Image.new("RGB", (width, bottom + _EDGE + 40 + 26 * (len(notes) - 1)), _PAPER)
    pen = _Pen(picture)
    pen.write((_EDGE, _EDGE), traces[0].question, width - 2 * _EDGE, size=30)
    for n, sentence in enumerate(shown):
        y = _TOP + n * _ROW
        pen.draw.line((_EDGE, y, width - _EDGE, y), fill=_LINE)
        pen.write((_EDGE, y + 9), str(rows[sentence] + 1), 46, size=17, colour=_QUIET)
        room = _TEXT - 46 - 60 * (sentence in facts)
        used = pen.write((_EDGE + 46, y + 8), traces[0].sentences[sentence], room)
        if sentence in facts:
            pen.write((_EDGE + 46 + used + 12, y + 10), "fact", 60, size=17, colour=_ACCENT)
    left = _EDGE + _TEXT
    for trace, span in zip(traces, widths, strict=True):
        left += _GAP
        _draw_columns(pen, left, span, trace, shown, falls.get(trace.model))
        left += span
    for n, note in enumerate(notes):
        pen.write((_EDGE, bottom + 18 + 26 * n), note, width - 2 * _EDGE, size=17, colour=_QUIET)
    return picture


def _note(traces: Sequence[StoryTrace], without: bool, left_out: int) -> str:
    """What the picture's numbers and colours are."""
    note = "Weights in percent; the colour is what came through. Framed: the one sentence that a hard network used."
    if not all(hop.normalised for trace in traces for hop in trace.hops):
        note += " Where each sentence has a gate of its own, a hop's weights need not sum to 100."
    if without:
        note += " Without: the change of the answer’s probability without the sentence, in points."
    if left_out:
        note += f" {left_out:,} sentences that were looked at less are left out."
    return note


def _weights(traces: Sequence[StoryTrace]) -> list[str]:
    """What the weights of each network shown are, a line a network."""
    said = {trace.model: describe_weights(trace.network) for trace in traces if trace.attention != "none"}
    return [f"{name}: {text}" for name, text in said.items() if text]


def _draw_columns(
    pen: "_Pen", left: int, span: int, trace: StoryTrace, shown: Sequence[int], falls: Sequence[float] | None
) -> None:
    """One network's name, answer, hops and what happens without each sentence, from ``left`` on."""
    pen.write((left, _EDGE + 62), trace.model, span, colour=_QUIET)
    sure = "a guess" if trace.guess else percent(trace.prob)
    pen.write((left, _EDGE + 90), f"{spoken(trace.answer)}, {sure}" if trace.told else "the story does not tell", span)
    for h, hop in enumerate(trace.hops):
        x = left + h * _CELL
        pen.write((x + 6, _TOP - 58), f"hop {h + 1}", _CELL, size=17, colour=_QUIET)
        _draw_foot(pen, x, hop)
        for n, sentence in enumerate(shown):
            weight, y = hop.alpha[sentence], _TOP + n * _ROW
            frame = _INK if hop.glimpse == sentence else None
            tint = _tint(hop.through[sentence])
            pen.draw.rectangle((x + 1, y + 2, x + _CELL - 2, y + _ROW - 2), tint, frame, width=2)
            colour = _INK if weight >= 0.005 else _QUIET
            pen.write((x + 18, y + 9), f"{100 * weight:.0f}", _CELL, size=17, colour=colour)
    if falls is not None:
        x = left + len(trace.hops) * _CELL
        pen.write((x + 4, _TOP - 58), "without", _CELL, size=17, colour=_QUIET)
        for n, sentence in enumerate(shown):
            change = -round(100 * falls[sentence])
            pen.write((x + 18, _TOP + n * _ROW + 9), f"{change:+d}" if change else "0", _CELL, size=17)


def _draw_foot(pen: "_Pen", x: int, hop: Hop) -> None:
    """What else there is to know of a hop, under its name, and a bar of how much came through where it is not all."""
    for n, label in enumerate(hop_labels(hop)):
        pen.write((x + 4, _TOP - 34 + 15 * n), label.replace(" %", ""), _CELL - 4, size=12, colour=_INK)
    if hop.gate >= WIDE:
        return
    pen.draw.rectangle((x + 4, _TOP - 11, x + _CELL - 6, _TOP - 6), _LINE)
    if (wide := round((_CELL - 10) * hop.gate)) > 0:
        pen.draw.rectangle((x + 4, _TOP - 11, x + 4 + wide, _TOP - 6), _ACCENT)


class _Pen:
    """Writes on a picture."""

    def __init__(self, picture: Image.Image):
        self.draw = ImageDraw.Draw(picture)

    def write(
        self, place: tuple[float, float], text: str, room: float, size: int = 20, colour: tuple[int, int, int] = _INK
    ) -> float:
        """Write a text, cut with an ellipsis where it is wider than its room; returns how wide it is."""
        text = " ".join(plain(text[:400]).split())
        short = text
        while short and lettering.length(short + "…" * (short != text), size) > room:
            short = short[: int(len(short) * 0.95)]
        short += "…" * (short != text)
        lettering.write(self.draw, place, short, size, colour)
        return lettering.length(short, size)


def _most_seen(traces: Sequence[StoryTrace]) -> list[int]:
    """The sentences of the picture, in the story's order."""
    most = [max(weights) for weights in zip(*map(looked, traces), strict=True)]
    return sorted(sorted(range(len(most)), key=lambda n: -most[n])[:MAX_ROWS])


def _tint(weight: float) -> tuple[int, int, int]:
    share = 0.62 * min(max(weight, 0.0), 1.0)
    red, green, blue = (round(paper + share * (accent - paper)) for paper, accent in zip(_PAPER, _ACCENT, strict=True))
    return red, green, blue
