"""The door: ``streamlit run app.py``. Page settings; the pages are named in ``pages/parts/door.py``."""

import streamlit as st

from core.captioning.gallery.drawings import mark
from pages.parts.door import navigate

st.set_page_config(page_title="Glimpse", page_icon=mark(), layout="wide")
st.logo(mark(), size="large")
navigate().run()
