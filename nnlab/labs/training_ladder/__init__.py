"""`nnlab study ladder`: what each optimisation of the training step costs, one change at a time, then all together."""
