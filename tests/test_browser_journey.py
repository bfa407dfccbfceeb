"""One visitor in one tab of headless Chromium: to every page, back again, and reloaded; nothing is lost or breaks."""

from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import READY, Viewer, until

from core.captioning.gallery import GALLERY
from core.tour import read_tours
from pages.parts.door import PAGES

pytestmark = pytest.mark.browser

BROKEN = "return document.querySelector('[data-testid=stException]')?.innerText ?? ''"
HEAD = "return document.querySelector('[data-testid=stMain] h1').textContent"


class Visitor(Viewer):
    """Somebody who goes from page to page by the menu."""

    def to(self, path: str) -> None:
        find = "[...document.querySelectorAll('[data-testid=stTopNavLink]')].find((a) => a.textContent.includes(title))"
        script = f"const title = arguments[0], link = {find}; link?.click(); return !!link"
        until(lambda: self.run(script, PAGES[path][0]))
        name = path.removeprefix("pages/").removesuffix(".py").replace("explore", "")  # the first page has no name
        until(lambda: urlsplit(self.driver.current_url).path.strip("/") == name)
        self.rest()

    def rest(self) -> None:
        """Wait until the page stands, and see that it does."""
        self.wait(500)
        until(lambda: self.run(READY))
        assert self.run(BROKEN) == ""

    @property
    def link(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.driver.current_url).query).items()}

    def sees(self, photo: str) -> None:
        until(lambda: self.inside("return find('.picture').alt") == GALLERY[photo].alt)


def test_a_journey(chromium, server):
    visitor = Visitor(chromium, server[1])
    visitor.visit("")
    visitor.rest()
    visitor.click("explore-photo", "ball")
    visitor.sees("ball")
    visitor.click("explore-model", "hard")
    until(lambda: visitor.link.get("model") == "hard")
    visitor.rest()
    for path in PAGES:  # the fault of old: the explorer's word and the tour's step were one key
        visitor.to(path)
    visitor.to("pages/learn.py")
    visitor.run("document.querySelector('.st-key-learn-next button').click()")  # its text ends in a key's name
    until(lambda: visitor.link.get("step") == "2")
    visitor.rest()
    second = read_tours()["glimpse"].steps[1].title
    assert visitor.run(HEAD) == second

    visitor.to("pages/compare.py")
    visitor.sees("ball")  # which both pages show
    visitor.to("pages/explore.py")
    visitor.sees("ball")
    assert visitor.link["photo"] == "ball" and visitor.link["model"] == "hard"

    visitor.driver.refresh()
    visitor.rest()
    visitor.sees("ball")
    until(lambda: "one cell" in visitor.inside("return heat.getAttribute('aria-label')"))

    visitor.click("explore-photo", "boat")
    visitor.sees("boat")
    visitor.driver.back()
    visitor.sees("ball")
    visitor.driver.forward()
    visitor.sees("boat")

    visitor.to("pages/learn.py")
    visitor.driver.back()
    visitor.sees("boat")
    visitor.rest()
    # A picture of a page that was left before it came is forgotten by then; the pages at rest have been looked at.
    assert not [said for said in visitor.complaints if "/media/" not in said] and not visitor.fetched_elsewhere
