"""What has the cells of a lab done, an engine per file."""
