"""The talks: flows as values, and the engine which leads people through them."""
