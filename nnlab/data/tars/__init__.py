"""Tar files whose members are read where they lie, and never unpacked."""
