"""Captioning a folder of any size into one table, in constant memory; killed at any time, it goes on where it was."""
