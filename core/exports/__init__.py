"""Captions to take away: a trace and its photo as a film strip, an animation, JSON or a standalone page, and the
captions of many photos as a table.
"""

from core.exports.animation import animation_gif
from core.exports.gamble import paths_csv, paths_html, paths_json
from core.exports.page import standalone_html
from core.exports.report import Row, report_csv, report_html
from core.exports.saved import (
    Photo,
    SavedTrace,
    SavedTraceError,
    read_trace_json,
    read_traces_json,
    trace_json,
    traces_json,
)
from core.exports.sentence import sentence_csv, sentence_rows
from core.exports.strip import film_strip_png, film_strip_svg

__all__ = [
    "Photo",
    "Row",
    "SavedTrace",
    "SavedTraceError",
    "animation_gif",
    "film_strip_png",
    "film_strip_svg",
    "paths_csv",
    "paths_html",
    "paths_json",
    "read_trace_json",
    "read_traces_json",
    "report_csv",
    "report_html",
    "sentence_csv",
    "sentence_rows",
    "standalone_html",
    "trace_json",
    "traces_json",
]
