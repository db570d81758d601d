"""The dialog engine: steps, flows, sessions, and one pure function, ``turn``."""
