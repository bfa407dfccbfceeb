"""Self-critical sequence training: its loss worked out here caption by caption, and what it makes likelier."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.decoding import beams, decode
from core.captioning.settings import Decisions, Settings
from core.captioning.training.reward import CiderD
from core.captioning.training.scst_loss import Seen, SelfCriticalLoss, writable
from core.captioning.training.teacher_forcing import collate, teacher_forced
from core.captioning.vocabulary import END, START, UNKNOWN, Vocabulary

WORDS = Vocabulary(["a", "red", "blue", "ball", "cup", "left", "right", "of", "the"])
LEFT, RIGHT = WORDS.encode(["left", "right"])
MIRROR = {LEFT: RIGHT, RIGHT: LEFT}
PHOTOS, MIRRORED = [7, 2, 5], [True, False, True]  # as the reward knows them, not as they stand in the batch


def captioner(kind: str, ending: float = 0.0, dropout: float = 0.0) -> LSTMCaptioner:
    torch.manual_seed(0)
    sizes = LSTMSizes(kind, len(WORDS), channels=8, value=16, key=8, embedding=16, hidden=24, dropout=dropout)
    made = LSTMCaptioner(sizes).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2.5)
        made.bias[[LEFT, RIGHT]] = 0.8  # or no caption would differ from its mirrored one
        made.bias[END] = ending
    return made


def grids(count: int = len(PHOTOS)) -> Tensor:
    return torch.randn(count, 9, 8, generator=torch.Generator().manual_seed(1))


def seen_as(photos: list[int], mirrored: list[bool], nouns: Sequence[dict[int, int]] = (), covers: int = 0) -> Seen:
    """Photos of which no boxes are known; or, of those with nouns, each cover is a cell of its own."""
    nothing = collate([(0, [3])])  # a caption by people, whose words name nothing
    return Seen(photos, mirrored, nouns or [{}] * len(photos), torch.eye(9)[:covers], nothing)


def found(model: LSTMCaptioner, seen: Tensor, draws: int, max_words: int = 18) -> list[list[list[int]]]:
    """The captions that compete, of each photo."""
    return [captions[:draws] for captions in beams(model, WORDS, seen, Settings(beam=draws, max_words=max_words))]


def mirrored(words: Sequence[int]) -> list[int]:
    return [{LEFT: RIGHT, RIGHT: LEFT}.get(word, word) for word in words]


def references(captions: Sequence[Sequence[list[int]]]) -> CiderD:
    """A reward that likes some captions of each photo more than others: of what was found the last, seen as the photo
    is, and a sentence of directions."""
    return CiderD(
        {
            photo: [[*(mirrored(mine[-1]) if turned else mine[-1]), END], [3, LEFT, 4, RIGHT, END]]
            for photo, turned, mine in zip(PHOTOS, MIRRORED, captions, strict=True)
        }
    )


def log_probs(model: LSTMCaptioner, grid: Tensor, words: Sequence[int]) -> list[Tensor]:
    """Of a caption's words and its end, step by step, among what may be written there."""
    slots, state = model.view(grid.unsqueeze(0))
    before, each = START, []
    for t, word in enumerate([*words, END]):
        step = model.step(torch.tensor([before]), state, slots, straight=model.sizes.attention == "hard")
        logits = model.read_out(step.deep)[0]
        never = {START, UNKNOWN, END} if t == 0 else {START, UNKNOWN}
        each.append(logits[word] - torch.stack([x for i, x in enumerate(logits) if i not in never]).logsumexp(0))
        before, state = word, step.state
    return each


@pytest.mark.parametrize("draws", [2, 5])
@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_each_word_is_weighed_by_its_captions_reward_above_the_mean_of_the_photos_others(kind: str, draws: int):
    model, seen = captioner(kind, ending=1.0), grids()
    captions = found(model, seen, draws)
    lengths = [len(words) for mine in captions for words in mine]
    assert lengths != sorted(lengths, reverse=True)  # the loss has to sort them, each with what it is worth
    reward = references(captions)

    weighed, rewards = [], []
    for grid, photo, turned, mine in zip(seen, PHOTOS, MIRRORED, captions, strict=True):
        scores = [reward(photo, [*(mirrored(words) if turned else words), END]) for words in mine]
        rewards += scores
        for i, words in enumerate(mine):
            others = [score for j, score in enumerate(scores) if j != i]
            if others:
                advantage = scores[i] - sum(others) / len(others)
                weighed += [advantage * log_prob for log_prob in log_probs(model, grid, words)]
    assert len(set(rewards)) > len(PHOTOS)
    expected = -torch.stack(weighed).mean()
    gradients = torch.autograd.grad(expected, list(model.parameters()))

    loss = SelfCriticalLoss(model, WORDS, reward, MIRROR, draws)
    assert loss.mean_reward == 0
    value = loss(seen, seen_as(PHOTOS, MIRRORED))
    torch.testing.assert_close(value, expected)
    assert loss.mean_reward == pytest.approx(sum(rewards) / len(rewards))
    for found_one, wanted in zip(torch.autograd.grad(value, list(model.parameters())), gradients, strict=True):
        torch.testing.assert_close(found_one, wanted, atol=1e-5, rtol=1e-3)
    if kind == "hard":  # the gaze learns with the words
        gaze = {name: gradient for (name, _), gradient in zip(model.named_parameters(), gradients, strict=True)}
        assert gaze["score.weight.weight"].abs().max() > 1e-4


@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_captions_that_score_above_their_siblings_become_likelier(kind: str):
    model, seen = captioner(kind, ending=3.0), grids(1)
    (captions,) = found(model, seen, draws=4, max_words=6)
    reward = CiderD({0: [[*captions[-1], END]]})
    scores = torch.tensor([reward(0, [*words, END]) for words in captions])
    assert len(captions) > 1 and scores.argmax() == len(captions) - 1

    def log_probs() -> Tensor:
        decided = [Decisions.caption([WORDS.word(word) for word in words]) for words in captions]
        return torch.tensor([trace.log_prob for trace in decode(model, WORDS, seen, (3, 3), decisions=decided)])

    before = log_probs()
    SelfCriticalLoss(model, WORDS, reward, {}, draws=4, max_words=6)(seen, seen_as([0], [False])).backward()
    torch.optim.SGD(model.parameters(), lr=1e-3).step()
    gains = log_probs() - before
    assert ((scores - scores.mean()) * gains).sum() > 0
    assert gains[-1] > 0


@pytest.mark.parametrize("ending", [-100.0, 100.0])
def test_captions_without_an_end_or_without_siblings_teach_nothing(ending: float):
    model = captioner("soft", ending)
    loss = SelfCriticalLoss(model, WORDS, CiderD({0: [[3, END]]}), {}, draws=4 if ending < 0 else 1, max_words=4)
    value = loss(grids(1), seen_as([0], [False]))
    value.backward()
    assert float(value.detach()) == 0 and not model.bias.grad.any()


def test_what_is_never_written_has_no_probability():
    probs = writable(torch.zeros(3, len(WORDS)), torch.tensor([0, 1, 2])).softmax(1)
    assert (probs[:, [START, UNKNOWN]] == 0).all()
    assert probs[0, END] == 0 and (probs[1:, END] > 0).all()


def test_captions_are_searched_up_to_the_limit_and_without_dropout_but_read_with_it():
    model, seen, plain = captioner("soft", ending=2.5, dropout=0.5), grids(), [False] * len(PHOTOS)
    searched = {max_words: found(model, seen, 4, max_words) for max_words in (2, 18)}
    assert searched[2] != searched[18]
    reward = CiderD({photo: [[*mine[0], END]] for photo, mine in zip(PHOTOS, searched[2], strict=True)})
    for max_words, captions in searched.items():
        rewards = [reward(photo, [*words, END]) for photo, mine in zip(PHOTOS, captions, strict=True) for words in mine]
        loss = SelfCriticalLoss(model, WORDS, reward, {}, 4, max_words).train()
        torch.manual_seed(0)
        first, again = (float(loss(seen, seen_as(PHOTOS, plain)).detach()) for _ in range(2))
        assert first != again and model.training
        assert loss.mean_reward == pytest.approx(sum(rewards) / len(rewards))
        first, again = (float(loss.eval()(seen, seen_as(PHOTOS, plain)).detach()) for _ in range(2))
        assert first == again and not model.training


def test_the_last_batchs_mean_reward_is_of_every_caption_those_without_siblings_too():
    model, seen = captioner("none", ending=5.0), grids()
    alone = [words for (words,) in found(model, seen, draws=1)]
    reward = references(found(model, seen, draws=2))
    rewards = [reward(photo, [*words, END]) for photo, words in zip(PHOTOS, alone, strict=True)]
    assert len(set(rewards)) > 1
    loss = SelfCriticalLoss(model, WORDS, reward, {}, draws=1)
    assert float(loss(seen, seen_as(PHOTOS, [False] * len(PHOTOS))).detach()) == 0
    assert loss.mean_reward == pytest.approx(sum(rewards) / len(rewards))


def test_a_mirrored_photo_is_rewarded_for_the_mirrored_words():
    model = captioner("soft", ending=200.0)
    with torch.no_grad():  # it says "right", then ends, whatever it sees
        model.bias[RIGHT] = 100.0
    reward = CiderD({0: [[LEFT, END]], 1: [[RIGHT, END]]})
    loss = SelfCriticalLoss(model, WORDS, reward, MIRROR, draws=1)
    for photo, turned, right_word in [(0, True, True), (0, False, False), (1, False, True), (1, True, False)]:
        loss(grids(1), seen_as([photo], [turned]))
        best = reward(photo, [(LEFT, RIGHT)[photo], END])
        assert loss.mean_reward == pytest.approx(best) if right_word else loss.mean_reward < best


@pytest.mark.parametrize("kind", ["soft", "hard"])
def test_the_looks_at_nouns_that_a_captioner_finds_itself_are_taught_where_their_things_lie(kind: str):
    model, seen = captioner(kind, ending=1.0), grids(1)
    (captions,) = found(model, seen, draws=3)
    noun = captions[0][0]  # a word that it says
    reward = CiderD({0: [[*captions[-1], END]]})
    known = seen_as([0], [False], [{noun: 4}], covers=5)
    plain = SelfCriticalLoss(model, WORDS, reward, {}, draws=3)(seen, known)
    taught = SelfCriticalLoss(model, WORDS, reward, {}, draws=3, looks=2.0)(seen, known)

    expected, words = 0.0, 0
    for caption in captions:
        likeliest = torch.zeros(1, len(caption) + 1, 9) if kind == "hard" else None
        forced = teacher_forced(model, seen, collate([(0, caption)]), likeliest)
        words += len(forced.targets)
        said = [t for t, word in enumerate(caption) if word == noun]
        expected -= float(forced.alpha.detach()[said, 4].log().sum())
    assert expected > 0
    assert float((taught - plain).detach()) == pytest.approx(2 * expected / words, rel=1e-4)

    # And in a caption that people wrote: its first word is in cell 3.
    written = known._replace(captions=collate([(0, [5, 6])], [{0: 3}]))
    more = SelfCriticalLoss(model, WORDS, reward, {}, draws=3, looks=2.0)(seen, written) - taught
    first = teacher_forced(model, seen, written.captions).alpha[0, 3].log()
    assert float(more.detach()) == pytest.approx(2 * -float(first.detach()) / 3, rel=1e-4)


def test_reward_is_the_librarys_cider():
    from pycocoevalcap.cider.cider import Cider

    texts = {
        0: ["a red ball", "the red ball of a cup"],
        1: ["a blue cup", "a cup left of the ball"],
        2: ["a ball", "red"],
    }
    guesses = {0: "a red red ball", 1: "a blue cup left of a cup", 2: "the ball of the ball"}
    ours = CiderD({i: [WORDS.encode(t.split()) for t in captions] for i, captions in texts.items()})
    _, theirs = Cider().compute_score(texts, {i: [guess] for i, guess in guesses.items()})
    for i, guess in guesses.items():
        assert ours(i, WORDS.encode(guess.split())) == pytest.approx(theirs[i], rel=1e-4)
