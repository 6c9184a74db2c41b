"""How the learning rate moves over steps and epochs: one schedule per file."""
