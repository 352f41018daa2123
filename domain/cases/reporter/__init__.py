"""The reporter: what they say after sending, and what they are shown and asked."""
