"""The scenes that are captioned again and again while a captioner learns: one for each relation."""

SHOWN = (54, 34, 16, 58)  # numbers of ``val``: left of, above, inside, behind
