"""Whether what is drawn is what the weights say: ``python -m benchmarks.recomputed --dir BABI``.

Every network of the checkpoints answers held-out questions of bAbI, as many of each task. The hops that the page draws
and the answers' probabilities are compared with those recomputed from ``model.safetensors`` in numpy. Writes the
largest differences to ``results/recomputed.json``.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from safetensors.numpy import load_file

from benchmarks.recomputed import RECOMPUTE, differences
from core import checkpoints
from core.data.babi import Question, hold_out, read_babi
from core.memory.registry import StoryQuery
from core.memory.service import StoryService
from core.results.files import RESULTS, write_result
from core.results.provenance import made_by


def compare(service: StoryService, model: str, asked: Sequence[StoryQuery]) -> dict[str, float]:
    """The largest differences of a network, over some questions whose stories it reads as they stand.

    Raises:
        ValueError: an answer, a hop or a sentence is another one.
    """
    config = service.config(model)
    folder = checkpoints.resolve(model, service.root)
    weights = {name: value.astype(float) for name, value in load_file(folder / checkpoints.WEIGHTS).items()}
    recompute = RECOMPUTE[config["network"]]
    largest: dict[str, float] = {}
    answered = service.network(model).answer(asked)
    for query, drawn, trace in zip(asked, service.answer_all(asked, model), answered, strict=True):
        if drawn.hops != trace.hops:
            raise ValueError(f"{model} read {query.question!r} and its story as something else.")
        found = recompute(config, weights, query.sentences, query.question)
        for kind, difference in differences(trace, found).items():
            largest[kind] = max(largest.get(kind, 0.0), difference)
    return largest


def some(questions: Sequence[Question], count: int) -> list[StoryQuery]:
    """So many of each task, spread over all that there are."""
    of_task: dict[int, list[Question]] = {}
    for question in questions:
        of_task.setdefault(question.task, []).append(question)
    return [
        StoryQuery(one.sentences, one.question)
        for task in of_task.values()
        for one in task[:: max(1, len(task) // count)][:count]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recomputed", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, metavar="BABI", help="bAbI's training files")
    parser.add_argument("--per-task", type=int, default=10, help="questions of each task")
    parser.add_argument("--checkpoints", type=Path, default=checkpoints.ROOT, metavar="DIR")
    parser.add_argument("--out", type=Path, default=RESULTS / "recomputed.json", metavar="FILE")
    arguments = parser.parse_args()
    _, held = hold_out([question for task in read_babi(arguments.dir).values() for question in task], 0.1, 0)
    asked = some(held, arguments.per_task)
    service = StoryService(arguments.checkpoints)
    networks = {}
    for model in [*service.networks(), *service.networks(blind=True)]:
        networks[model] = {kind: float(f"{most:.2g}") for kind, most in compare(service, model, asked).items()}
        print(model, *(f"{kind} {most:.1e}" for kind, most in networks[model].items()), sep="  ")
    result = {"questions": len(asked), "split": "held-out", "largest_differences": networks}
    write_result(arguments.out, result, made_by("benchmarks.recomputed", sys.argv[1:]))


if __name__ == "__main__":
    main()
