"""Components for nnlab in a package of its own."""
