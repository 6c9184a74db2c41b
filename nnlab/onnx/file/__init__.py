"""Reading a file: from bytes to views, its definitions and versions, what it says of its inputs and outputs."""
