"""How many cases are made up for what comes from outside."""

import importlib
from collections.abc import Iterator
from math import prod
from pathlib import Path

from hypothesis import is_hypothesis_test

TESTS = Path(__file__).parent
FILES = (*(path.stem for path in sorted(TESTS.glob("test_hostile_*.py"))), "test_class")
LEAST = 5_000


def cases(name: str) -> Iterator[tuple[str, int]]:
    """The generated tests of a file, and how many cases each tries: its examples, for each of its parameters."""
    for test, function in vars(importlib.import_module(name)).items():
        if test.startswith("test_") and is_hypothesis_test(function):
            marks = getattr(function, "pytestmark", [])
            times = prod(len(list(mark.args[1])) for mark in marks if mark.name == "parametrize")
            yield test, times * function._hypothesis_internal_use_settings.max_examples


def test_at_least_five_thousand_cases_are_tried():
    counted = {name: dict(cases(name)) for name in FILES if name != Path(__file__).stem}
    for name, tests in counted.items():
        print(f"{name}: {sum(tests.values()):,} cases in {len(tests)} tests")
    assert {"test_hostile_captions", "test_hostile_checkpoints", "test_hostile_photos", "test_hostile_texts"} < set(
        counted
    )
    assert sum(sum(tests.values()) for tests in counted.values()) >= LEAST


def test_what_addresses_can_say_is_found_in_the_pages():
    from test_class import PAGES, PARAMETERS

    assert {"compare", "stories", "teach"} < set(PAGES)
    assert {"photo", "models", "story", "edits", "word", "what", "seed"} < set(PARAMETERS)
