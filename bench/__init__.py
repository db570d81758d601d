"""Timings beside the peers: the same encrypted messages, answered."""
