"""One of what several are called, in captions and in stories."""

import pytest

from core.data.plurals import singular
from core.data.stories import lists
from core.data.stories.names import plural

PLURALS = """
dogs dog, men man, women woman, firemen fireman, people person, babies baby, ties tie, beaches beach, bushes bush,
boxes box, dresses dress, horses horse, buses bus, bus bus, grass grass, tennis tennis, skateboarders skateboarder,
a a, mice mouse, sheep sheep, foxes fox, wolves wolf, bookshelves bookshelf, knives knife, gloves glove, waves wave,
cookies cookie, skis ski, axes axe, boris boris, carmen carmen, abdomen abdomen
"""


@pytest.mark.parametrize(("many", "one"), [pair.split() for pair in PLURALS.split(",")])
def test_one_of_many(many, one):
    assert singular(many) == one == singular(one)


def test_the_kinds_of_generated_stories_are_known_again_by_their_plurals():
    assert [singular(plural(kind)) for kind in lists.SPECIES] == list(lists.SPECIES)
