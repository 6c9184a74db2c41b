"""Two backends held against each other, step by step and tensor by tensor: where they part, and what kind it is."""
