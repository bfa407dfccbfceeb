"""Every page after every other one, within one session: no page may break another, nor forget what was chosen on it."""

from dataclasses import is_dataclass

import pytest
from app_file import APP, TIMEOUT
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models
from tiny_networks import save_tiny

from pages.parts.door import PAGES


@pytest.fixture
def page(tmp_path, fresh_caches, monkeypatch):
    root = save_tiny_models(tmp_path / "checkpoints", ending=-8)
    save_tiny(root, "memn2n")
    monkeypatch.setattr("core.checkpoints.ROOT", root)
    return AppTest.from_file(APP, default_timeout=TIMEOUT).run()


def go(page: AppTest, path: str, **link: str) -> AppTest:
    """To another page by a click in the menu, which empties the address, or by a link."""
    page.query_params.clear()
    page.query_params.update(link)
    page.switch_page(path).run()
    assert not page.exception and not page.error, path
    return page


def eulerian(names: list[str]) -> list[str]:
    """A walk along every arrow of the complete directed graph, each once (Hierholzer 1873)."""
    left = {name: [other for other in names if other != name] for name in names}
    stack, walk = [names[0]], []
    while stack:
        if left[stack[-1]]:
            stack.append(left[stack[-1]].pop())
        else:
            walk.append(stack.pop())
    return walk[::-1]


def test_every_page_opens_after_every_other(page):
    walk = eulerian(list(PAGES))
    assert len(set(zip(walk, walk[1:], strict=False))) == len(PAGES) * (len(PAGES) - 1) == len(walk) - 1
    assert not page.exception and walk[0] == "pages/explore.py"
    for path in walk[1:]:
        go(page, path)


def test_all_that_a_session_holds_belongs_to_a_page_or_is_one_typed_object(page):
    names = [path.removeprefix("pages/").removesuffix(".py") for path in PAGES]
    for path in PAGES:
        go(page, path)
        for key, value in page.session_state.items():
            assert key.partition(".")[0] in names or is_dataclass(value), key
        assert any(key.startswith(f"{path[6:-3]}.") for key in page.session_state)


def test_who_comes_back_finds_the_page_as_it_was_left(page):
    page.pills(key="explore.photo").set_value("ball").run()
    page.segmented_control(key="explore.model").set_value("hard").run()
    page.segmented_control(key="explore.method").set_value("greedy").run()
    address = dict(page.query_params)
    go(page, "pages/learn.py")
    page.button(key="learn.next").click().run()
    go(page, "pages/compare.py")
    assert page.pills(key="compare.photo").value == "ball"  # both pages show one photo, decoded in one way
    assert page.segmented_control(key="compare.method").value == "greedy"
    page.pills(key="compare.photo").set_value("boat").run()
    go(page, "pages/learn.py")
    assert page.pills(key="learn.step").value == 2 and page.query_params == {"step": "2"}
    go(page, "pages/explore.py")
    assert page.pills(key="explore.photo").value == "boat"
    assert page.segmented_control(key="explore.model").value == "hard"
    assert page.query_params == {**address, "photo": "boat"}


def test_a_link_says_all_whatever_was_chosen_before(page):
    page.pills(key="explore.photo").set_value("ball").run()
    page.segmented_control(key="explore.method").set_value("greedy").run()
    go(page, "pages/learn.py")
    go(page, "pages/explore.py", model="hard")
    assert page.segmented_control(key="explore.model").value == "hard"
    assert page.segmented_control(key="explore.method").value == "beam"
    assert page.pills(key="explore.photo").value == "motorcycle"


def test_a_click_that_carries_an_old_address_undoes_no_choice(page):
    page.pills(key="explore.photo").set_value("ball").run()
    page.query_params.clear()  # as from a browser that has not heard yet what the address became
    page.segmented_control(key="explore.model").set_value("hard").run()
    assert page.pills(key="explore.photo").value == "ball"
    assert page.query_params == {"photo": "ball", "model": "hard"}
