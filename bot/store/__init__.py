"""SQLAlchemy behind the ports: the inbox, conversations, the outbox, on SQLite and PostgreSQL."""
