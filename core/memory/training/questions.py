"""Questions with answers and facts as numbers: what a network with a fixed lexicon learns from and is calibrated on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor

from core.data.babi import Question
from core.memory.bags import Lexicon, Stories, padded
from core.memory.lexicon_network import LexiconNetwork
from core.memory.registry import StoryQuery
from core.memory.story import tokens

TEMPERATURES = torch.logspace(-1, 2, 301)  # 0.1 to 100 in steps of 2.3 %


@dataclass(frozen=True)
class EncodedQuestions:
    """N questions to learn from.

    Attributes:
        stories: the questions and their memories.
        answer: (N,) numbers of the right answers; -1 for one that the network cannot give.
        facts: (N, H) where in its memory each question's supporting facts are, in the labelled order; -1 after the
            last, and for a fact that is beyond the memory.
        task: (N,) bAbI's numbers.
    """

    stories: Stories
    answer: Tensor
    facts: Tensor
    task: Tensor

    def __len__(self) -> int:
        return len(self.answer)

    def to(self, device: torch.device) -> "EncodedQuestions":
        return EncodedQuestions(*(getattr(self, field.name).to(device) for field in fields(self)))


def encode_questions(questions: Sequence[Question], network: LexiconNetwork) -> EncodedQuestions:
    """Questions as this network is shown them."""
    numbers = {answer: number for number, answer in enumerate(network.answers)}
    queries = [StoryQuery(question.sentences, question.question) for question in questions]
    facts = []
    for question, query in zip(questions, queries, strict=True):
        forgotten = network.forgotten(query)
        facts.append([fact - forgotten if fact >= forgotten else -1 for fact in question.facts])
    return EncodedQuestions(
        network.encode(queries),
        torch.tensor([numbers.get(question.answer, -1) for question in questions]),
        padded(facts),
        torch.tensor([question.task for question in questions]),
    )


def lexicon(questions: Sequence[Question], answers: bool) -> Lexicon:
    """The words of the stories and questions, by the alphabet; with ``answers``, the answers as words among them."""
    texts = {text for question in questions for text in (*question.sentences, question.question)}
    words = {word for text in texts for word in tokens(text)}
    return Lexicon(sorted(words | ({question.answer for question in questions} if answers else set())))


@torch.inference_mode()
def mean_error(held: EncodedQuestions, scores: Callable[[Stories], Tensor]) -> float:
    """The mean of the tasks' errors in percent, of what scores the answers (B, A) to a batch of questions."""
    wrong: dict[int, list[bool]] = {}
    for rows in torch.split(torch.arange(len(held), device=held.answer.device), 500):
        misses = scores(held.stories.batch(rows)).argmax(1) != held.answer[rows]
        for task, miss in zip(held.task[rows].tolist(), misses.tolist(), strict=True):
            wrong.setdefault(task, []).append(miss)
    errors = [100 * sum(misses) / len(misses) for misses in wrong.values()]
    return round(sum(errors) / len(errors), 2)


@torch.inference_mode()
def fit_temperature(network: LexiconNetwork, held: Sequence[Question]) -> float:
    """The temperature under which the held-out answers are likeliest; 1 where nothing is held out."""
    if not held:
        return 1.0
    data = encode_questions(held, network)
    parts = torch.split(torch.arange(len(data)), 200)
    scores = [network.look_and_score(data.stories.batch(rows), {}).scores for rows in parts]
    return best_temperature(torch.cat(scores), data.answer)


def best_temperature(scores: Tensor, answer: Tensor) -> float:
    """Of scores (N, A) and the right answers' numbers (N,); one that is -1, which no score is of, is left out."""
    losses = torch.stack([F.cross_entropy(scores / T, answer, ignore_index=-1) for T in TEMPERATURES])
    return round(float(TEMPERATURES[losses.argmin()]), 4)
