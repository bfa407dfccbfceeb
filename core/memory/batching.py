"""Questions answered together whose stories are of like length, so that little is padding."""

from collections.abc import Callable, Sequence

from core.memory.registry import StoryQuery
from core.trace import StoryTrace


def answer_in_batches(
    queries: Sequence[StoryQuery],
    costs: Sequence[int],
    budget: int,
    answer: Callable[[list[StoryQuery]], list[StoryTrace]],
) -> list[StoryTrace]:
    """A trace for each question, in order.

    Args:
        costs: of each question, growing with its story; those of a batch cost as much as its dearest each.
        budget: what a batch may cost; one question may cost more.
        answer: answers a batch.
    """
    batches: list[list[int]] = []
    for i in sorted(range(len(queries)), key=costs.__getitem__):
        if batches and (len(batches[-1]) + 1) * costs[i] <= budget:
            batches[-1].append(i)
        else:
            batches.append([i])
    traces: dict[int, StoryTrace] = {}
    for rows in batches:
        traces |= zip(rows, answer([queries[i] for i in rows]), strict=True)
    return [traces[i] for i in range(len(queries))]
