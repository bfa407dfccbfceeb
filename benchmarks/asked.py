"""How often a network says that a question is none of those it was taught: ``python -m benchmarks.asked --dir BABI``.

Writes ``results/asked-MODEL.json``. Questions of three sorts about one story: outside the twenty kinds, inside
but about what the story does not mention, and inside in people's own words, whose right answers are known. The lists
were written before the signal was measured on them, and it was not changed after. With ``--dir`` also the held-out
questions of bAbI, which should not be called a guess.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from core import checkpoints
from core.data.babi import hold_out, read_babi
from core.memory.registry import StoryQuery
from core.memory.service import StoryService
from core.results.files import RESULTS, write_result
from core.results.provenance import made_by
from core.trace import StoryTrace

STORY = (
    "Mary went to the kitchen.",
    "John moved to the garden.",
    "Mary picked up the milk.",
    "Mary journeyed to the garden.",
    "Mary gave the milk to John.",
    "Sandra is either in the office or the bedroom.",
    "The garden is north of the kitchen.",
    "Daniel is hungry.",
    "John went back to the hallway.",
    "Mary got the apple.",
)
OUTSIDE = """
Why is the sky blue? | What time is it? | How old is Mary? | When did Mary leave the kitchen? | Who is in the garden?
Did Mary go to the garden? | Has John got the milk? | How many people are in the garden? | Who are you? | What is milk?
How much does the milk cost? | Is Mary happy? | Why did John leave? | What happened first? | What happens next?
Who walked the most? | How far is the garden from the kitchen? | Do Mary and John know each other? | Is it raining?
Which of them is the tallest? | What did Mary say? | Who was the last to speak? | How does John feel?
Are Mary and John in the same place? | Where were they born? | What is the name of the dog? | Who stole the milk?
Can you tell me a joke? | What is two plus two? | Is milk white? | How did Mary get to the garden? | Whose milk is it?
Who met John? | Could Mary carry a piano? | When will it stop? | Who is hungrier, Daniel or Mary? | What is up?
Did anyone see the apple? | Should John go home? | How long did it take? | What is John's job? | Where do apples grow?
Is there milk in the fridge? | How many rooms are there? | Who has nothing? | Which day is it today? | Am I hungry?
Is the story true? | What does Mary think of John? | How do you make butter?
"""
NOT_TOLD = """
Where is Peter? | Where is the football? | What is Peter carrying? | How many objects is Julie carrying?
Who gave the football? | Who gave the ring to Mary? | What is north of the castle? | Where will Peter go?
What did Peter give to Mary? | Where was the ball before the garden? | Is Peter in the garden? | Who has the crown?
What is Lily afraid of? | What color is Greg? | How do you go from the castle to the moat? | Who received the crown?
Is the box bigger than the chest? | Is the circle above the square? | Why did Yann go to the bedroom?
Where was Fred yesterday?
"""
OWN_WORDS = """
Where is Mary? garden | where is mary garden | Where's Mary? garden | Where is Mary now? garden
Where is Mary right now? garden | And where is John? hallway | WHERE IS JOHN? hallway | Where is the milk? hallway
Where's the milk at the moment? hallway | Which place is the apple in? garden | Where can Mary be found? garden
So, where is Mary? garden | Where did John go? hallway | Where is Mary at? garden | Where's Mary gone? garden
In what place is John? hallway | Where does Mary stand? garden | Tell me where John is. hallway
Is Mary in the garden? yes | Is Mary in the kitchen? no | Is Mary still in the kitchen? no | Is John at the hallway? yes
Is Sandra in the office? maybe | Is Sandra in the garden? no | Could Sandra be in the bedroom? maybe
Who gave the milk to John? Mary | Who gave John the milk? Mary | Who received the milk? John
Who did Mary give the milk to? John | What did Mary give to John? milk | What did John get from Mary? milk
What is Mary carrying? apple | What's Mary carrying? apple | What is Mary holding? apple | What does John have? milk
What has Mary got? apple | What is John carrying now? milk | How many objects is Mary carrying? one
How many things does John have? one | Who has the milk? John | Who has the apple? Mary | Who's holding the milk? John
What is north of the kitchen? garden | What lies north of the kitchen? garden | What's south of the garden? kitchen
Where will Daniel go? kitchen | Where's Daniel going to go? kitchen | Is Daniel hungry? yes
Where was the milk before the garden? kitchen | Where was the milk before it was in the hallway? garden
"""


def listed(text: str) -> list[str]:
    return [one.strip() for line in text.strip().splitlines() for one in line.split("|")]


def _guess(trace: StoryTrace) -> bool:
    """It is called a guess, or not told."""
    return trace.guess or not trace.told


def share(traces: list[StoryTrace]) -> float:
    """How many in a hundred are called a guess."""
    return round(100 * sum(map(_guess, traces)) / len(traces), 1)


def measure(service: StoryService, model: str, source: Path | None) -> dict[str, Any]:
    def ask(questions: list[str]) -> list[StoryTrace]:
        return service.answer(STORY, questions, model)

    outside, untold = ask(listed(OUTSIDE)), ask(listed(NOT_TOLD))
    known = [one.rpartition(" ") for one in listed(OWN_WORDS)]
    own = ask([question for question, _, _ in known])
    right = [trace.answer.casefold() == answer.casefold() for trace, (_, _, answer) in zip(own, known, strict=True)]
    sure = [good for good, trace in zip(right, own, strict=True) if not _guess(trace)]
    figures = {
        "outside": {"n": len(outside), "called a guess %": share(outside),
                    "mean probability %": round(100 * sum(t.prob for t in outside) / len(outside), 1),
                    "missed": [trace.question for trace in outside if not _guess(trace)]},
        "not told": {"n": len(untold), "called a guess %": share(untold),
                     "missed": [trace.question for trace in untold if not _guess(trace)]},
        "own words": {"n": len(own), "called a guess %": share(own), "right %": round(100 * sum(right) / len(own), 1),
                      "right where not called a guess %": round(100 * sum(sure) / max(1, len(sure)), 1),
                      "guesses": [trace.question for trace in own if _guess(trace)],
                      "wrong": [trace.question for trace, good in zip(own, right, strict=True) if not good]},
    }  # fmt: skip
    if source:
        found = [question for task in read_babi(source, part="train").values() for question in task]
        _, held = hold_out(found, 0.1, 0)
        traces = service.answer_all([StoryQuery(question.sentences, question.question) for question in held], model)
        figures["held-out"] = {"n": len(held), "called a guess %": share(traces)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asked", description=__doc__)
    parser.add_argument("--dir", type=Path, metavar="BABI", help="bAbI's training files")
    parser.add_argument("--model", default="slots")
    parser.add_argument("--checkpoints", type=Path, default=checkpoints.ROOT, metavar="DIR")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR")
    arguments = parser.parse_args()
    service = StoryService(arguments.checkpoints)
    figures = measure(service, arguments.model, arguments.dir)
    print(json.dumps(figures, indent=1))
    path = arguments.results / f"asked-{arguments.model}.json"
    made = made_by("benchmarks.asked", sys.argv[1:])
    write_result(path, {"model": arguments.model, "figures": figures}, made, service.config(arguments.model))


if __name__ == "__main__":
    main()
