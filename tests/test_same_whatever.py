"""One photo, one caption: whatever the other sessions do meanwhile, the size of the batch and the number of threads.

Beside other sessions a caption is the same to the bit. In a batch, or with another number of threads, the same sums are
added up in another order: the words are the same, and numbers lie within :data:`tiny_models.CLOSE` of each other.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import CLOSE, save_tiny_models, save_tiny_transformer

from core import checkpoints
from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.trace import CaptionTrace

MODELS = ("none", "soft", "hard", "transformer")
LONGEST = 8  # words, so that this is quick
WAYS = [Settings(method, beam=3, max_words=LONGEST) for method in ("beam", "greedy", "sample")]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = save_tiny_models(tmp_path_factory.mktemp("models"), ending=-8)
    sha256 = checkpoints.read(root / "encoder").config["sha256"]
    about = {"data": "nothing", "licence": "MIT", "seed": 0, "settings": {}}
    save_tiny_transformer(root / "transformer", ending=-8, encoder=sha256, **about)
    return root


@pytest.fixture(scope="module")
def service(root):
    return CaptionService(root)


@pytest.fixture(scope="module")
def photos():
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 7, 3), dtype=np.uint8)
    return [Image.fromarray(one).resize((700, 500)) for one in pixels]


def captions(service: CaptionService, photos: list[Image.Image]) -> dict[tuple[str, int], list[CaptionTrace]]:
    """Every model's captions, each in every way."""
    grids = service.encode(photos)
    seeds = [7] * len(photos)
    return {
        (model, way): service.caption(grids, model, settings, seeds=seeds)
        for model in MODELS
        for way, settings in enumerate(WAYS)
    }


@contextmanager
def others_at_work(service: CaptionService, photos: list[Image.Image]) -> Iterator[list[int]]:
    """Three sessions that ask for other photos, in batches of their own, as long as the context lasts."""
    over, done, wrong = threading.Event(), [0, 0, 0], []

    def session(number: int) -> None:
        try:
            for n in count():
                if over.is_set():
                    return
                grids = service.encode(photos[: number + 1])
                way = Settings("sample", seed=n, max_words=LONGEST) if number else WAYS[0]
                service.caption(grids, MODELS[n % len(MODELS)], way)
                done[number] += 1
        except Exception as error:  # of a thread, which would be lost
            wrong.append(error)
            done[number] += 1  # nobody waits for it any more

    threads = [threading.Thread(target=session, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not wrong and all(done)


def assert_close(one: CaptionTrace, other: CaptionTrace) -> None:
    assert one.caption == other.caption
    assert one.log_prob == pytest.approx(other.log_prob, rel=10 * CLOSE, abs=10 * CLOSE)
    for a, b in zip(one.steps, other.steps, strict=True):
        assert a.prob == pytest.approx(b.prob, abs=CLOSE)
        if a.alpha is not None:
            assert np.asarray(a.alpha) == pytest.approx(np.asarray(b.alpha), abs=CLOSE)


def test_the_same_to_the_bit_beside_other_sessions(service, photos):
    alone = captions(service, photos[:1])
    assert len({one.caption for (one,) in alone.values()}) > 3
    with others_at_work(service, photos[1:]) as done:
        beside = captions(service, photos[:1])
        assert beside == alone
        while not all(done):
            assert captions(service, photos[:1]) == alone
    assert captions(service, photos[:1]) == alone


def test_the_same_in_a_batch(service, photos):
    alone, together = captions(service, photos[:1]), captions(service, photos)
    for which, (one,) in alone.items():
        assert_close(one, together[which][0])


def test_the_same_with_another_number_of_threads(root, photos):
    found = []
    before = torch.get_num_threads()
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            found.append(captions(CaptionService(root), photos[:1]))
    finally:
        torch.set_num_threads(before)
    for which, (one,) in found[0].items():
        assert_close(one, found[1][which][0])
