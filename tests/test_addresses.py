"""What is passed on: the app's address for other devices, which is never "localhost", and the names of files."""

import socket

import pytest

from core.exports.addresses import for_others, is_own, own_ip, qr_code, with_query
from core.exports.names import stem


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://localhost:8501/learn", "http://192.168.1.20:8501/learn"),
        ("http://127.0.0.1:8501/", "http://192.168.1.20:8501/"),
        ("http://[::1]:8501/explore", "http://192.168.1.20:8501/explore"),
        ("https://localhost/glimpse/teach", "https://192.168.1.20/glimpse/teach"),
        ("http://class.example:8501/learn", "http://class.example:8501/learn"),
        ("http://192.168.1.7:8501/learn", "http://192.168.1.7:8501/learn"),
    ],
)
def test_an_address_for_others_means_this_machine(address, expected):
    assert for_others(address, "192.168.1.20") == expected
    assert for_others(address, None) == address
    assert is_own(address) == (address != expected)


def test_this_machines_own_address_is_one_of_the_network_or_none():
    found = own_ip()
    assert found is None or (socket.inet_aton(found) and found != "0.0.0.0")


def test_parameters_are_escaped_and_may_repeat():
    address = with_query("http://h/compare", {"models": ["soft", "hard"], "edits": ["a b&c"]})
    assert address == "http://h/compare?models=soft&models=hard&edits=a+b%26c"
    assert with_query("http://h/learn", {}) == "http://h/learn"


def test_a_qr_code_is_a_square_with_a_quiet_zone_and_its_text_beside_it():
    svg = qr_code("http://192.168.1.20:8501/?a=<b>")
    assert svg.startswith("<svg") and "&lt;b&gt;</title>" in svg and "<b>" not in svg
    assert "<script" not in svg and "style=" not in svg
    with pytest.raises(ValueError, match="too long"):
        qr_code("http://h/?edits=" + "x" * 3000)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["motorcycle", "soft", ""], "motorcycle-soft"),
        (["ball", "none", "hard", "“cat” for “dog”"], "ball-none-hard-cat-for-dog"),
        (["../../etc/passwd", "a\nb\x1b[2J"], "etc-passwd-a-b-2j"),
        (["Straße", "имя"], "straße-имя"),
        (["...", "*"], "glimpse"),
        (["x" * 300, "y"], "x" * 80),
    ],
)
def test_files_are_called_after_what_they_show(parts, expected):
    assert stem(parts) == expected
