"""One network, several processes: each takes its share of every minibatch, and all have the same weights.

The first process leads: it alone has the data, runs the training loop, checks and writes. What it asks its learner for
it tells the others (`leader.py`), which do the same on their share (`follower.py`): no two ever decide apart.
"""
