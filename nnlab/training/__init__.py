"""The loop: learner (the seam to a backend), trainer, callbacks."""
