"""Comparisons that anyone can rerun: `python -m bench`."""
