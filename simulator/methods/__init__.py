"""The methods of the Bot API that the simulator has: METHODS maps names to how they run."""

from simulator.methods import (  # noqa: F401  importing a module registers its methods
    answering,
    chats,
    copying,
    deleting,
    editing,
    media,
    pinning,
    polls,
    profile,
    receiving,
    sending,
    topics,
)
from simulator.methods.method import METHODS, Call, Method

__all__ = ["METHODS", "Call", "Method"]
