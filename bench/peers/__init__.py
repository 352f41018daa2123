"""The peers: the same dialogue in other frameworks, as a competent user of each would write it."""
