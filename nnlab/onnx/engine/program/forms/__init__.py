"""How steps are laid out: one file per family of operators."""
