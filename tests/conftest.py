"""Fixtures that several files share: the app and a browser, each started once a session, and only where asked for."""

import pytest


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
