"""Search: how the police find a case among a million, and which is next."""
