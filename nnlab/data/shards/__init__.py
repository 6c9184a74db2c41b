"""Sets larger than memory: prepared pixels as files that are mapped, and let go of after use."""
