"""Arithmetic on arrays that layers and operators share."""
