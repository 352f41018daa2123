"""Evidence: what becomes of the files that people sent. Fetched, cleaned in a process apart, sealed, shown."""
