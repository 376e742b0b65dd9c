"""Where do orders, customers and cases live? Tables, transactions and reads, on SQLite and PostgreSQL alike."""
