"""The clock door: ticks that owe, and workers that send."""
