"""The sets that nnlab draws itself."""
