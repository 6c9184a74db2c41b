"""Checks that any component must pass; public, for authors of plug-ins too."""
