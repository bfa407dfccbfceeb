"""A page's address to pass on: as text to copy, and as a code to point a phone's camera at."""

import streamlit as st

from core.exports import addresses
from core.exports.addresses import for_others, is_own, qr_code, with_query

ALONE = (
    "Only this machine can open this address. For a class start the app with `--server.address 0.0.0.0`, in a network "
    "that its devices are in, too."
)


@st.cache_data(ttl=60, max_entries=1, show_spinner=False)
def _own_ip() -> str | None:
    return addresses.own_ip()


def shared_base() -> str:
    """The app's address without a page, as others open it; empty where it is not known."""
    return _for_others(st.context.url).rsplit("/", 1)[0] if st.context.url else ""


def _for_others(address: str) -> str:
    """This machine's own address stays where it is bound to that alone."""
    bound = st.get_option("server.address")
    return address if bound and is_own(f"//{bound}") else for_others(address, _own_ip())


def show_share() -> None:
    """At the foot of every page."""
    page = st.context.url
    if not page:  # nobody looks: a test
        return
    parameters = {name: st.query_params.get_all(name) for name in st.query_params}
    address = with_query(_for_others(page), parameters)
    with st.popover("Share this page", icon=":material/qr_code_2:", key="share"):
        st.caption("With what is chosen on it, and what was changed.")
        st.code(address, language=None, wrap_lines=True)
        if is_own(address):
            st.caption(ALONE)
        try:
            st.image(str(qr_code(address)), width=240)
        except ValueError as error:
            st.caption(str(error))
