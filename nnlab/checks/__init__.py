"""What watches the arithmetic: gradients against differences, values that are not finite."""
