"""Fixtures that several files share: the app and a browser, each started once a session, and only where asked for."""

import hypothesis
import pytest
from app_file import APP, TIMEOUT

# The same cases every time, so that what passes here passes elsewhere; --hypothesis-profile=search looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("search", derandomize=False)
hypothesis.settings.load_profile("same")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever opens a page of the app is slow; the others say it themselves."""
    for item in items:
        if "fresh_caches" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def run(root, capsys):
    """Run a command on the models of the file's own ``root``; its exit code, standard output and error, as lines."""
    from core.__main__ import main

    def run(command: str, *arguments) -> tuple[int, list[str], list[str]]:
        where = [] if command.startswith("train") else ["--checkpoints", str(root)]
        code = main([*command.split(), *map(str, arguments), *where])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """The checkpoints of an encoder and captioners that are registered from outside while a file's tests run."""
    from models_from_outside import models_from_outside

    with models_from_outside(tmp_path_factory.mktemp("outside") / "checkpoints") as root:
        yield root


@pytest.fixture
def fresh_caches():
    """Nothing is cached before a test of pages, nor left behind; call it to empty the caches in between."""
    import streamlit as st

    def clear() -> None:
        st.cache_data.clear()
        st.cache_resource.clear()

    clear()
    yield clear
    clear()


@pytest.fixture
def open_app(fresh_caches):
    """Open a page of the app, without a browser, as by a link with these parameters."""
    from streamlit.testing.v1 import AppTest

    def open_app(page: str, **link: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=TIMEOUT)
        app.switch_page(f"pages/{page}.py")
        app.query_params.update(link)
        return app.run()

    return open_app


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The process of a copy of the app, whose models are tiny and untrained, and its address."""
    from browsing import serve
    from tiny_models import save_tiny_models

    with serve(tmp_path_factory.mktemp("site"), lambda root: save_tiny_models(root, ending=-8)) as started:
        yield started


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    from browsing import browse

    with browse(tmp_path_factory.mktemp("downloads")) as driver:
        yield driver
