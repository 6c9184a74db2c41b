"""The command line: main.py is the lazy group, each other file one command."""
