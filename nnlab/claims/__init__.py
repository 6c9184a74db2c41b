"""Pages that judge their own claims: what a page runs and says, what was measured, and whether it holds."""
