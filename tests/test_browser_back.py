"""One press of Back returns to the page as it was; and links have the address that they lead to."""

import re

import pytest
from browsing import READY, REPOSITORY, Viewer, until

pytestmark = pytest.mark.browser

PAGE = "return location.pathname.slice(1) + location.search"
NAMED = """
const links = [...document.querySelectorAll("[data-testid=stTopNavLink]")];
return links.find((link) => link.textContent.includes(arguments[0]));
"""


class Wanderer(Viewer):
    """Somebody who goes from page to page and back."""

    def rest(self) -> None:
        self.wait(600)
        until(lambda: self.run(READY))
        self.wait(400)

    @property
    def page(self) -> str:
        return self.run(PAGE)

    def follow(self, link) -> None:
        self.run("arguments[0].click()", link)
        self.rest()

    def to(self, title: str) -> None:
        self.follow(self.run(NAMED, title))

    def back(self, expected: str) -> None:
        self.driver.back()
        self.rest()
        assert self.page.startswith(expected)

    @property
    def picture(self) -> str:
        return self.inside("return find('.picture').alt")

    @property
    def head(self) -> str:
        return self.run("return document.querySelector('[data-testid=stMain] h1').textContent")


@pytest.fixture
def wanderer(chromium, server) -> Wanderer:
    wanderer = Wanderer(chromium, server[1])
    wanderer.visit("?photo=ball&model=hard")
    until(lambda: "ball" in wanderer.picture)
    wanderer.rest()
    return wanderer


def test_back_across_pages_that_were_left_and_come_back_to(wanderer):
    wanderer.to("Compare")  # which takes the photo over
    until(lambda: "ball" in wanderer.picture)
    wanderer.back("?photo=ball&model=hard")
    wanderer.to("Learn")
    wanderer.to("Explore")  # as it was left
    until(lambda: "ball" in wanderer.picture)
    assert "model=hard" in wanderer.page
    wanderer.back("learn")
    wanderer.back("?photo=ball&model=hard")
    until(lambda: "ball" in wanderer.picture)


def test_back_from_where_the_tour_leads(wanderer):
    wanderer.visit("learn?step=4")
    wanderer.rest()
    step = wanderer.head
    (link,) = wanderer.driver.find_elements("css selector", ".st-key-check [data-testid=stPageLink] a")
    leads = link.get_attribute("href")
    assert "photo=" in leads  # also in a new tab, and copied
    wanderer.follow(link)
    assert wanderer.driver.current_url.partition("?")[0] == leads.partition("?")[0]  # the first photo needs no name
    wanderer.back("learn?step=4")
    until(lambda: wanderer.head == step)


def test_links_have_the_address_that_they_lead_to(wanderer):
    wanderer.visit("teach?teach=Exercises")
    find = "return [...document.querySelectorAll('[data-testid=stPageLink] a')].map((a) => a.href)"
    document = (REPOSITORY / "docs" / "teaching.md").read_text(encoding="utf-8")
    leads = [one.removeprefix("explore") for one in re.findall(r"^Open: `(.*)`$", document, re.MULTILINE)]
    until(lambda: len(wanderer.run(find)) == len(leads))
    assert [href.removeprefix(f"{wanderer.address}/").removeprefix("explore") for href in wanderer.run(find)] == leads
