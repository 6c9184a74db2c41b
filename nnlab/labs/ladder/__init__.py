"""The ladder of inference: how much faster and smaller a network can answer, at what loss, and which step bought it."""
