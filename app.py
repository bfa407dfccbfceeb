"""The door: ``streamlit run app.py``. Page settings; the pages are named in ``pages/parts/door.py``, and at the foot of
each stands its address, to pass on.
"""

import streamlit as st

from core.captioning.gallery.drawings import mark
from core.housekeeping import keep_house
from pages.parts.door import navigate
from pages.parts.share import show_share

# Whoever clicks beside everything gives the keyboard to the whole page, which needs no frame for that. What Streamlit
# frames for nobody gets one here: the links to the pages, and the buttons on pictures and tables.
STYLE = """
[data-testid=stMain]:focus-visible, .stApp:focus-visible { outline: none; box-shadow: none; }
:is(a[data-testid], [data-testid=stElementToolbar] button):focus-visible { outline: 2px solid currentColor; }
.st-key-address, .st-key-kept_texts { position: absolute; width: 0; height: 0; overflow: hidden; }
:has(> a.over) { position: relative; }
a.over { position: absolute; inset: 0; border-radius: 0.5rem; }
:has(> a.over:hover) button { filter: brightness(0.94); }
@media (max-width: 640px) {
  .st-key-head { gap: 0.5rem; }
  .st-key-head h1 { padding-block: 0 0.2rem; font-size: 1.7rem; }
  [data-testid=stMarkdownContainer] table { display: block; overflow-x: auto; }
  .st-key-tagline p { font-size: 0.92rem; line-height: 1.3; }
}
"""

keep_house()
st.set_page_config(page_title="Glimpse", page_icon=mark(), layout="wide")
st.logo(mark(), size="large")
st.html(f"<style>{STYLE}</style>")
navigate().run()
show_share()
