"""Tasks: what is true of a picture, what a network has to give for it, and how that is read back."""
