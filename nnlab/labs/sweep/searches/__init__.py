"""What proposes trials, a way in each file."""
