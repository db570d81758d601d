"""Tencent Cloud, by its own SDK, for what the operator has chosen; imported by workers alone."""
