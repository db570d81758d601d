"""Speech made into text, by a cloud service which the operator has chosen."""
