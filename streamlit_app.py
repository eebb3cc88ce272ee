"""The dashboard: `streamlit run streamlit_app.py`."""

import streamlit as st

st.set_page_config(page_title="Face2Bone", page_icon=":material/face:", layout="wide")
st.navigation(
    [
        st.Page("pages/review.py", title="Review", icon=":material/person_search:", default=True),
        st.Page("pages/about.py", title="About", icon=":material/info:"),
    ]
).run()
