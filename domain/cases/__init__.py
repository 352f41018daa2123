"""Cases: what happens to a report after it was sent."""
