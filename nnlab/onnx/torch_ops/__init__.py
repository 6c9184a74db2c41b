"""The same operators on torch, in files of the same names; autograd gives their gradients."""
