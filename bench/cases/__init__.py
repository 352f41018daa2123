"""Cases: how long /cari and /antrian take among a million reports, on SQLite and PostgreSQL."""
