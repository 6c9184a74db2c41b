"""A network as named nodes; a chain is the simple case."""
