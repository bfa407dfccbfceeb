"""The door: ``streamlit run app.py``. Navigation and page settings; what is on a page is in ``pages/``."""

import streamlit as st

from core.gallery.drawings import mark

st.set_page_config(page_title="Glimpse", page_icon=mark(), layout="wide")
st.logo(mark(), size="large")

page = st.navigation(
    [st.Page("pages/explore.py", title="Explore a caption", icon=":material/visibility:", default=True)],
    position="top",
)
page.run()
