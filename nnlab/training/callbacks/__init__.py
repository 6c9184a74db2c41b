"""What listens to a training run: one callback per file."""
