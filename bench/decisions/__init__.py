"""Measurements behind docs/decisions/: each file runs one way of keeping messages until they are sent."""
