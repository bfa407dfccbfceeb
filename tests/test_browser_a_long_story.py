"""A story too long for a link is still there after a reload. It runs before pages learn."""

import random
import string

import pytest
from browsing import READY, Viewer, until

pytestmark = pytest.mark.browser

TYPE = """
const area = document.querySelector(".st-key-stories-story textarea");
Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, arguments[0]);
area.dispatchEvent(new Event("input", { bubbles: true }));
area.focus();
area.blur();
"""
STORY = "return document.querySelector('.st-key-stories-story textarea')?.value"


def test_a_story_too_long_for_a_link_survives_a_reload(chromium, server):
    owner = Viewer(chromium, server[1])
    letters = random.Random(0)
    names = ["".join(letters.choices(string.ascii_lowercase, k=60)) for _ in range(160)]
    story = "\n".join(f"{who.title()} went to the {where}." for who, where in zip(names[::2], names[1::2], strict=True))
    owner.visit("stories")
    until(lambda: owner.run(READY) and owner.run(STORY))

    def typed() -> bool:
        if "story=kept." not in owner.driver.current_url:
            owner.visit("stories")  # once more where the page was drawn anew while it was typed
            until(lambda: owner.run(READY) and owner.run(STORY))
            owner.wait(1000)
            owner.run(TYPE, story)
            for _ in range(25):  # five networks read all sentences first, which takes long on a busy machine
                if "story=kept." in owner.driver.current_url:
                    break
                owner.wait(1000)
        return "story=kept." in owner.driver.current_url

    until(typed)
    kept = "return Object.keys(localStorage).some((name) => name.startsWith('glimpse kept kept.'))"
    until(lambda: owner.run(kept))
    owner.driver.refresh()
    until(lambda: owner.run(STORY) == story)
    assert "story=kept." in owner.driver.current_url
