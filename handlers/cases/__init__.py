"""Cases: what the police see and press."""
