"""How fast answers are: ``python -m benchmarks.stories --dir BABI``, writes ``results/benchmark-stories.json``.

An answer with its trace, 1,000 answers in a batch against one by one, and the training of ``memn2n`` on all tasks, on
two cores. Medians over the repeats. Leave the machine alone meanwhile.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import torch
from lightning_fabric import Fabric

from benchmarks.photos import CORES, in_turn, machine
from core import checkpoints
from core.data.babi import read_babi
from core.memory.registry import StoryQuery, TrainingRun
from core.memory.service import StoryService
from core.memory.training import end_to_end
from core.memory.training.end_to_end import EndToEndSettings
from core.results.files import RESULTS, write_result
from core.results.provenance import made_by

SENTENCES = 20
QUESTIONS = 1000
PEOPLE = ("Mary", "John", "Sandra", "Daniel")
PLACES = ("kitchen", "garden", "office", "hallway", "bathroom", "bedroom")

# name -> (what it is, the bound, whether it is a most or a least)
TARGETS = {
    "answer_ms": (f"an answer with its trace, a story of {SENTENCES} sentences, ms", 10.0, "most"),
    "batch": (f"{QUESTIONS:,} questions one by one / in one batch, in time", 20.0, "least"),
    "training_minutes": ("training memn2n on all tasks, one run, minutes", 15.0, "most"),
}


def stories(count: int) -> list[StoryQuery]:
    """Questions about stories that differ from each other."""
    made = []
    for n in range(count):
        told = [
            f"{PEOPLE[(n + i) % 4]} went to the {PLACES[(n // 4 + i * (n % 5 + 1)) % 6]}." for i in range(SENTENCES)
        ]
        made.append(StoryQuery(tuple(told), f"Where is {PEOPLE[n % 4]}?"))
    return made


def measure_answers(service: StoryService, model: str, repeats: int) -> dict[str, float]:
    """Milliseconds of one answer, and how much longer answers take one by one than in one batch."""
    asked = stories(QUESTIONS)
    turn = iter(range(10**9))

    def one() -> None:
        service.answer_all([asked[next(turn) % QUESTIONS]], model)

    def one_by_one() -> None:
        for question in asked:
            service.answer_all([question], model)

    in_turn([one], 5)
    (single,) = in_turn([one], 10 * repeats)
    alone, together = in_turn([one_by_one, lambda: service.answer_all(asked, model)], max(3, repeats // 5))
    return {"answer_ms": 1000 * single, "batch": alone / together}


def measure_training(source: Path) -> float:
    """Minutes of a run with the settings that are shipped, from the second of two epochs."""
    questions = [question for task in read_babi(source, part="train").values() for question in task]
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    settings = EndToEndSettings(runs=1, linear_epochs=0, epochs=2)
    with tempfile.TemporaryDirectory() as folder:
        run = TrainingRun(questions, [], fabric, Path(folder), 0, lambda label, steps: lambda: None)
        end_to_end.train(settings, run)
        _, second = (Path(folder) / "run-1.state.jsonl").read_text().splitlines()
    shipped = EndToEndSettings()
    took: float = json.loads(second)["seconds"]
    return took * (shipped.linear_epochs + shipped.epochs) / 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stories", description=__doc__)
    parser.add_argument(
        "--dir", type=Path, metavar="BABI", help="bAbI's training files; without them training is left out"
    )
    parser.add_argument("--checkpoints", type=Path, default=checkpoints.ROOT, metavar="DIR")
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmark-stories.json", metavar="FILE")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    torch.set_num_threads(CORES)

    service = StoryService(arguments.checkpoints)
    measured = {
        f"{key}, {model}": value
        for model in service.networks()
        for key, value in measure_answers(service, model, arguments.repeats).items()
    }
    if arguments.dir:
        measured["training_minutes"] = measure_training(arguments.dir)
    figures = {}
    for name, value in measured.items():
        what, bound, kind = TARGETS[name.split(",")[0]]
        met = value <= bound if kind == "most" else value >= bound
        figures[name] = {"what": what, "measured": round(value, 3), "target": f"at {kind} {bound:g}", "met": met}
        print(f"{name:26} {value:8.2f}  at {kind} {bound:g}{'' if met else '  MISSED'}")
    result = {
        "figures": figures,
        "repeats": arguments.repeats,
        "machine": machine(),
    }
    write_result(arguments.out, result, made_by("benchmarks.stories", sys.argv[1:]))


if __name__ == "__main__":
    main()
