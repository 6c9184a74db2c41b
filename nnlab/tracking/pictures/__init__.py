"""The pictures of a run: the most wrong ones, some of each confusion, and samples as the network was given them."""
