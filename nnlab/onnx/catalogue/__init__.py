"""Models that people use by name: listed, found on this machine, fetched from their publishers."""
