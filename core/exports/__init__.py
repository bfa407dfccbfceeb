"""Captions to take away: a trace and its photo as a film strip, an animation, JSON or a standalone page, and the
captions of many photos as a table.
"""

from core.exports.animation import animation_gif
from core.exports.page import standalone_html
from core.exports.report import Row, report_csv, report_html
from core.exports.saved import Photo, SavedTrace, SavedTraceError, read_trace_json, trace_json
from core.exports.strip import film_strip_png, film_strip_svg

__all__ = [
    "Photo",
    "Row",
    "SavedTrace",
    "SavedTraceError",
    "animation_gif",
    "film_strip_png",
    "film_strip_svg",
    "read_trace_json",
    "report_csv",
    "report_html",
    "standalone_html",
    "trace_json",
]
