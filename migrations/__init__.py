"""How did the tables come to be? One history for SQLite and PostgreSQL, applied in order."""
