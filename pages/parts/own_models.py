"""The visitor's own models: given on the page as a zip, kept for the visit, offered beside ours on every page."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.checkpoints import own
from core.checkpoints.labels import attention_label
from core.views.text import escape_markdown
from pages.parts.address import leave_out_what_ifs
from pages.parts.models import CAPTIONER, NETWORK, try_out
from pages.parts.options import options
from pages.parts.state import OwnState, key, state

KINDS = {kind: partial(try_out, kind) for kind in (CAPTIONER, NETWORK)}
ABOUT = (
    "A folder with config.json, model.safetensors and README.md, as training writes it, or several, as a zip of up to "
    f"{own.MAX_ZIP} MB. It is checked, and nothing in it is run."
)


def show_own_models() -> None:
    """The button under which models are given and removed, where the machine takes any."""
    if not options().uploads:
        return
    own_state = state(OwnState)
    popover = st.popover("Your model", icon=":material/upload_file:", key="own_model")
    with popover, st.container(width=400):
        place = key(f"own model {own_state.turn}")
        file = st.file_uploader("Upload a model", "zip", key=place, max_upload_size=own.MAX_ZIP, help=ABOUT)
        if file is not None:
            with st.spinner("Trying the model …"):
                take(file.name, file.getvalue())
            st.rerun()
        show_problem()
        for upload in reversed(own_state.uploads):
            for name, one in upload.models.items():
                st.markdown(f"**{escape_markdown(name)}**  \n{attention_label(one.config)}")
            st.button(
                "Remove", icon=":material/delete:", key=key(f"remove {next(iter(upload.models))}"), on_click=_remove,
                args=(upload,),
            )  # fmt: skip
        st.caption(f"{ABOUT} It stays on this machine until you leave, for you alone.")


def show_problem() -> None:
    """Why the last file is no model."""
    if problem := state(OwnState).problem:
        st.error(escape_markdown(problem), icon=":material/deployed_code_alert:")


def take(name: str, data: bytes) -> None:
    """A zip of models, to be shown next; why it is none is the state's problem."""
    own_state = state(OwnState)
    own_state.turn += 1
    own_state.problem = ""
    try:
        upload = own.take(name, data, KINDS)
    except ValueError as error:
        own_state.problem = str(error)
        return
    own_state.uploads = own.with_upload(own_state.uploads, upload)
    own_state.services.clear()
    own_state.chosen = tuple(upload.models)


def _remove(upload: own.OwnModels) -> None:
    own_state = state(OwnState)
    own_state.uploads = [one for one in own_state.uploads if one is not upload]
    own_state.services.clear()


def take_chosen(offered: Sequence[str]) -> list[str]:
    """Those of the models given last that this chooser offers; they are to be shown now."""
    own_state = state(OwnState)
    chosen = [name for name in own_state.chosen if name in offered]
    if chosen:
        own_state.chosen = ()
    return chosen


def tell_missing(parameter: str, offered: Sequence[str]) -> None:
    """Where the link names somebody's own model that is not here, say so."""
    asked = [name for name in st.query_params.get_all(parameter) if own.is_name(name) and name not in offered]
    if not asked:
        return
    leave_out_what_ifs("The model of this link is not here, so its what-ifs are left out.")
    names = ", ".join(f"**{escape_markdown(name)}**" for name in dict.fromkeys(asked))
    st.info(
        f"This link was made with somebody’s own model, {names}, and a link does not carry models. Give its zip under "
        "“Your model”; what is shown here is by others.",
        icon=":material/deployed_code:",
    )
