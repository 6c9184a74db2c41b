"""The layers, each the definition of its arithmetic: one per file, forward and hand-written gradient."""
