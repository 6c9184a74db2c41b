"""`nnlab explain`: why a run answers what it answers, in the photo's own pixels."""
