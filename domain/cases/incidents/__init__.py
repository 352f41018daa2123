"""Incidents: several reports of one event, and the people who saw it."""
