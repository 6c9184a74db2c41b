"""The scaling lab: whether networks that three factors made larger pay."""
