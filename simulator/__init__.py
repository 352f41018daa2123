"""A stand-in for api.telegram.org, reached only over HTTP, that any bot's author can test against."""

from simulator.person import Group, Person
from simulator.testing import Simulator

__all__ = ["Group", "Person", "Simulator"]
