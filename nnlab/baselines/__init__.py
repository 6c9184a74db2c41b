"""Answers that cost nothing (a mean, a threshold, the nearest training sample), to stand beside a network's."""
