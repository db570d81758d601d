"""The sandbox driven from outside: followers, messages, the clock, faults, the wire."""
