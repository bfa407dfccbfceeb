"""Every page after every other one, within one session: no page may break another, nor forget what was chosen on it."""

import json
from dataclasses import is_dataclass

import pytest
from app_file import APP, TIMEOUT, components
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


def restored(page: AppTest) -> dict[str, str]:
    """What the browser is told to put into the address of a page that is come back to."""
    return {name: value for name, (value,) in page.session_state["state of Visit"].restored.items()}


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
    assert page.pills(key="learn.step").value == 2 and restored(page) == {"step": "2"}
    go(page, "pages/explore.py")
    assert page.pills(key="explore.photo").value == "boat"
    assert page.segmented_control(key="explore.model").value == "hard"
    assert restored(page) == {**address, "photo": "boat"}


def test_a_link_says_all_whatever_was_chosen_before(page):
    page.pills(key="explore.photo").set_value("ball").run()
    page.segmented_control(key="explore.method").set_value("greedy").run()
    go(page, "pages/learn.py")
    go(page, "pages/explore.py", model="hard")
    assert page.segmented_control(key="explore.model").value == "hard"
    assert page.segmented_control(key="explore.method").value == "beam"
    assert page.pills(key="explore.photo").value == "climbers"


def test_a_click_that_carries_an_old_address_undoes_no_choice(page):
    page.pills(key="explore.photo").set_value("ball").run()
    page.query_params.clear()  # as from a browser that has not heard yet what the address became
    page.segmented_control(key="explore.model").set_value("hard").run()
    assert page.pills(key="explore.photo").value == "ball"
    assert page.query_params == {"photo": "ball", "model": "hard"}


def sentence(page: AppTest) -> str:
    """What the player shows on Explore."""
    (component,) = components(page)
    return " ".join(step["word"] for step in json.loads(component.proto.json)["views"][-1]["steps"])


def test_a_what_if_is_never_laid_on_another_photo(page):
    plain = {}
    for photo in ("ball", "boat"):
        go(page, "pages/learn.py")
        plain[photo] = sentence(go(page, "pages/explore.py", photo=photo))
    go(page, "pages/learn.py")
    go(page, "pages/explore.py", photo="ball", edits="soft(two cat*)")
    forced = sentence(page)
    assert forced.startswith("two cat") and page.query_params["edits"]
    go(page, "pages/compare.py")
    page.pills(key="compare.photo").set_value("boat").run()
    go(page, "pages/explore.py")
    assert sentence(page) == plain["boat"] and "edits" not in page.query_params
    page.pills(key="explore.photo").set_value("ball").run()  # where it was made, it is still there
    assert sentence(page) == forced and page.query_params["edits"]
    page.pills(key="explore.photo").set_value("boat").run()
    assert sentence(page) == plain["boat"] and "edits" not in page.query_params


def test_a_link_to_the_original_leads_to_the_original(page):
    go(page, "pages/learn.py")
    plain = sentence(go(page, "pages/explore.py", photo="ball"))
    go(page, "pages/learn.py")
    assert sentence(go(page, "pages/explore.py", photo="ball", edits="soft(two cat*)")) != plain
    go(page, "pages/learn.py")
    assert sentence(go(page, "pages/explore.py", photo="ball", word="2")) == plain
    assert "edits" not in page.query_params


def test_what_ifs_on_a_photo_that_is_not_here_are_left_out(page):
    plain = sentence(page)
    go(page, "pages/learn.py")
    go(page, "pages/explore.py", photo="yours", edits="soft(two cat*)")
    assert sentence(page) == plain and "edits" not in page.query_params
    assert "not here" in page.toast[0].value


def test_options_that_are_gone_give_way_to_the_usual_one(page):
    page.session_state["explore.model"] = "a model whose folder went"
    page.run()
    assert not page.exception and page.segmented_control(key="explore.model").value == "soft"
    go(page, "pages/learn.py")
    page.session_state["learn.step"] = 99
    page.run()
    assert not page.exception and page.pills(key="learn.step").value == 1


def test_back_leads_to_a_bare_address_too(page, monkeypatch):
    go(page, "pages/stories.py")
    first = page.text_area(key="stories.story").value
    page.selectbox(key="stories.told").set_value("paths").run()
    assert page.text_area(key="stories.story").value != first
    monkeypatch.setattr("pages.parts.address.went_back", lambda: True)
    monkeypatch.setattr("pages.parts.story_editor.went_back", lambda: True)
    page.query_params.clear()
    page.run()
    assert not page.exception and page.text_area(key="stories.story").value == first
