"""What readers share, a piece per file: pictures with truths beside them, tables, files of boxes, arrays."""
