"""Understanding a question as it is typed: on this machine, in milliseconds, or not at all."""
