"""What fits into what: kind 18."""

from core.data.stories.draft import Draft

DIRECT = 0.3  # how often the free style asks what one sentence told
BLOCK = 5  # bAbI tells five sentences, and five more until there is a question to ask


def sizes(draft: Draft) -> None:
    """18: Does the box fit in the chest? By way of a third thing; facts: from the one that is asked about first."""
    rng = draft.rng
    draft.cast(things=(6, 3))
    told: list[tuple[tuple[int, int], int]] = []  # (bigger, smaller), as numbers in draft.things; index of the sentence
    count = draft.settings.sentences or BLOCK
    while not draft.done:
        while len(draft.sentences) < count:
            smaller, bigger = sorted(rng.sample(range(len(draft.things)), 2))
            index = draft.say("bigger", a=draft.things[bigger], b=draft.things[smaller])
            told.append(((bigger, smaller), index))
        count += BLOCK if draft.settings.sentences is None else 1
        while not draft.done and _ask(draft, told):
            pass


def _ask(draft: Draft, told: list[tuple[tuple[int, int], int]]) -> bool:
    """Ask about two things that a sentence, a recent one if it can be, and the first that can joins by a third.

    The free style also asks about two things that one sentence joins and no third.

    To ask for what is so, the sentence is about the bigger of the two; for what is not so, about the smaller.
    """
    if draft.settings.style == "free" and draft.rng.random() < DIRECT:
        alone = [
            ((bigger, smaller), index)
            for (bigger, smaller), index in told
            if not {low for (top, low), _ in told if top == bigger} & {top for (top, low), _ in told if low == smaller}
        ]
        if alone:
            (bigger, smaller), _ = draft.rng.choice(alone)
            index = max(index for pair, index in told if pair == (bigger, smaller))
            yes = draft.rng.random() < 0.5
            a, b = (bigger, smaller) if yes else (smaller, bigger)
            draft.ask("is bigger", "yes" if yes else "no", (index,), a=draft.things[a], b=draft.things[b])
            return True
    for yes in draft.rng.sample((True, False), 2):
        for (bigger, smaller), index in draft.recent(told) + told:
            for (top, bottom), other in told:
                if (top == smaller) if yes else (bottom == bigger):
                    a, b = (bigger, bottom) if yes else (smaller, top)
                    facts = index, other
                    draft.ask("is bigger", "yes" if yes else "no", facts, a=draft.things[a], b=draft.things[b])
                    return True
    return False
