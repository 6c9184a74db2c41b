"""A float file becomes one of 8 bits: which weights and values, from which ranges, in what codes, at what damage."""
