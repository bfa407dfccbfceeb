"""The pages to take away, as Jinja templates in this folder.

Whatever is put into one is text and gets escaped, but for ``Markup``, which says of itself that it is HTML.
"""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.views.text import plain, policy_hash

FOLDER = Path(__file__).parent


def render(template: str, style: str, **values: object) -> bytes:
    """A page in UTF-8, from a template and a style sheet of this folder, by their file names, and what they show."""
    return _TEMPLATES.get_template(template).render(style=Markup(read(style)), **values).encode("utf-8")


def read(name: str) -> str:
    """The text of a file of this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")


def _data_url(data: bytes, mime: str) -> str:
    """An address that is the file itself: its bytes and their type such as "image/jpeg"."""
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"


def _writable(value: object) -> object:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    finalize=_writable,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters.update(data_url=_data_url, policy_hash=policy_hash)
