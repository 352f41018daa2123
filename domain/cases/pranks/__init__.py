"""Pranks: reports that were none, and what follows for whoever sends them."""
