"""Understanding a question as it is typed: on this machine, in milliseconds, or not at all."""

import os

# One thread: for a single sentence more threads only wait for each other, and on a busy
# machine they wait long. It must be said before numpy is loaded, which only this room does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
