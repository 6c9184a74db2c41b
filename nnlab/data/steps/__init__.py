"""One image step per file, written once for every image library."""
