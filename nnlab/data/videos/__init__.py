"""Videos as pictures: frames at even distances, found by their times first, and decoded one after the other."""
