"""Who answers one incoming thing. Handlers ask ports and know nothing of each other."""
