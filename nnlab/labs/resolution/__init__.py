"""The resolution lab: a run at other sizes than it learnt from, as it is and tuned."""
