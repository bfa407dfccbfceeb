"""The command line's commands, one file a family. They parse, report and print; the work is done elsewhere in core."""
