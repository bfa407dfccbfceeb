"""What the address bar says of a page, and the page of it.

A choice that a link carries is a widget inside :func:`linked`: the address sets it, and follows it. Streamlit's own
``bind="query-params"`` names the parameter after the key, and saved links have shorter names.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import get_session_state

from pages.parts.state import Address, Shared, Visit, key, state

T = TypeVar("T")
Number = TypeVar("Number", int, float)

WHAT_IF = ("edits", "word")  # parameters that say something about one photo and certain models only
SUBJECT = {  # parameter -> those that say something about what it names, and are gone when it names another
    **dict.fromkeys(("photo", "model", "models", "things"), WHAT_IF),
    **dict.fromkeys(("split", "scene_number"), ("things", *WHAT_IF)),
}
SHARED = ("photo", "method", "beam", "temperature", "glimpse", "seed")  # parameters of Explore and Compare alike
SHARING = ("explore", "compare")
SCREEN = ("tour", "step")  # parameters of Learn that say what screen is open; all others are about what is on it


def _address(without: Collection[str] = ()) -> dict[str, list[str]]:
    """What the address says: parameter -> values."""
    return {name: st.query_params.get_all(name) for name in st.query_params if name not in without}


def arrive(page: str) -> bool:
    """Note which page is open; whether the visitor comes to it from another one, or for the first time.

    Who comes back without a link finds the page as it was left.
    """
    visit, shared = state(Visit), state(Shared)
    shares = page in SHARING
    new = visit.page != page
    visit.restored = {}
    if new:
        visit.page, shared.problem = page, ""
        visit.read.clear()
        left = visit.addresses.get(page, {})
        if shares:
            own = {name: values for name, values in left.items() if name in SHARED}
            gone = WHAT_IF if own != shared.address else ()  # another picture by now: what-ifs were about the old one
            kept = {name: values for name, values in left.items() if name not in (*SHARED, *gone)}
            left = kept | shared.address
        if left and not st.query_params and not went_back():
            _restore(left)
    visit.addresses[page] = _address()
    if shares:
        shared.address = {name: values for name, values in visit.addresses[page].items() if name in SHARED}
    return new


def _restore(address: Address) -> None:
    """Have the address say this, in place of the bare one: the browser writes it, see ``core.views.address``. Streamlit
    would add an entry to the browser's history, under the page before.
    """
    with get_session_state().query_params() as params:
        for name, values in address.items():
            params.set_with_no_forward_msg(name, values)
    state(Visit).restored = address


def write(parameter: str, values: Sequence[str]) -> None:
    """Have the address say this; without values nothing. Every writing is an entry in the browser's history."""
    if list(values) == st.query_params.get_all(parameter):
        return
    if parameter in SCREEN:
        gone = {parameter, *st.query_params} - set(SCREEN)
    else:
        gone = {parameter, *SUBJECT.get(parameter, ())}
    address = _address(without=gone)
    address.pop(parameter, None)
    if values:
        address[parameter] = list(values)
    st.query_params.from_dict(address)
    visit = state(Visit)
    visit.addresses[visit.page] = address
    if parameter in SHARED and visit.page in SHARING:
        state(Shared).address = {name: values for name, values in address.items() if name in SHARED}


@dataclass(frozen=True)
class Form(Generic[T]):
    """How a value stands in an address.

    Attributes:
        read: the values of a parameter -> the value; raises ValueError or LookupError where they are none.
        write: the other way.
    """

    read: Callable[[list[str]], T]
    write: Callable[[T], list[str]]


def went_back() -> bool:
    """Whether the browser's Back or Forward led here. A click that was sent before the last choice was written into
    the address carries an old address, and must not undo that choice.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


@contextmanager
def linked(parameter: str, form: Form[T], default: T, name: str = "") -> Iterator[str]:
    """Around a widget that a link carries; gives its key. The address says nothing while the default is chosen.

    ``name``: of the widget, where the same parameter means another one elsewhere on the page.
    """
    place, read = key(name or parameter), state(Visit).read
    said = st.query_params.get_all(parameter)
    if place not in st.session_state or (said != read.get(parameter) and went_back()):
        try:
            st.session_state[place] = form.read(said) if said else default
        except (ValueError, LookupError):
            st.session_state[place] = default
            if parameter == "photo":
                leave_out_what_ifs("The photo of this link is not here, so its what-ifs are left out.")
        read[parameter] = said
        begun = st.session_state[place]
    else:
        begun = None
        if not _is_still(form, st.session_state[place]):  # an option that is gone, a model say whose folder went
            st.session_state[place] = default
    yield place
    chosen = st.session_state[place]
    if chosen != begun and not _says(form, st.query_params.get_all(parameter), chosen):
        # What a link says stays as it is until something else is chosen, though it be the default.
        write(parameter, [] if chosen == default else form.write(chosen))
        read[parameter] = st.query_params.get_all(parameter)


def _says(form: Form[T], said: list[str], value: T) -> bool:
    """Whether the address names this value already."""
    try:
        return bool(said) and form.read(said) == value
    except (ValueError, LookupError):
        return False


def _is_still(form: Form[T], value: T) -> bool:
    """Whether a value can be written and read back."""
    try:
        again = form.read(form.write(value))
    except (ValueError, LookupError, TypeError):
        return False
    return not isinstance(value, list) or value == again


def leave_out_what_ifs(why: str) -> None:
    """The link's photo or model is not here: what it changes about that one must not be laid on another one."""
    if "edits" in st.query_params:
        st.query_params.from_dict(_address(without=WHAT_IF))
        st.toast(why, icon=":material/link_off:")


def required(option: T | None) -> T:
    """What is chosen in a widget with ``required=True``: something always is, since its key has a value before it
    is drawn, which Streamlit's types do not know.
    """
    assert option is not None
    return option


def one_of(options: Sequence[T], text: Callable[[T], str] = str) -> Form[T]:
    """One of several, by its label."""
    labels = {text(option): option for option in options}
    return Form(lambda said: labels[said[-1]], lambda option: [text(option)])


def numbered(count: int) -> Form[int]:
    """A place among several, counted from 1 in the address."""
    return one_of(range(count), lambda place: str(place + 1))


def some_of(options: Sequence[str]) -> Form[list[str]]:
    """Several of several; of none an empty value tells."""

    def read(said: list[str]) -> list[str]:
        known = [value for value in dict.fromkeys(said) if value in options]
        if not known and any(said):
            raise ValueError(f"None of {said} is known.")
        return known

    return Form(read, lambda chosen: list(chosen) or [""])


def number_in(least: Number, most: Number) -> Form[Number]:
    """A number within bounds, whole where these are."""

    def read(said: list[str]) -> Number:
        number = type(least)(said[-1])
        if not least <= number <= most:
            raise ValueError(f"{number} is not from {least} to {most}.")
        return number

    return Form(read, lambda number: [f"{number:g}" if isinstance(number, float) else str(number)])


def text_up_to(most: int) -> Form[str]:
    """Text of so many characters."""
    return Form(lambda said: said[-1][:most], lambda text: [text])


SWITCH: Form[bool] = Form(lambda said: {"true": True, "false": False}[said[-1].lower()], lambda on: [str(on).lower()])


def tabs(parameter: str, names: Sequence[str]) -> Sequence[TabContainer]:
    """Tabs of which only the open one is drawn, and which the address names."""
    with linked(parameter, one_of(names), names[0]) as place:
        return st.tabs(names, key=place, on_change="rerun")
