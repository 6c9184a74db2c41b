"""Nouns that every room shares. Imports nothing else of nnlab."""
