"""The scenes that are captioned again and again while a captioner learns: one for each relation."""

SHOWN = (25, 34, 16, 28)  # numbers of ``val``: left of, above, inside, behind
