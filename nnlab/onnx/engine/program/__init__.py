"""A plan laid out for inputs of one shape: memory, views and weights once, then a list of calls."""
