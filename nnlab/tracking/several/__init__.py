"""Several runs side by side: what differs in their settings, how they did, whether one is better than another."""
