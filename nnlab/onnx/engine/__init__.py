"""Running a file: a plan of it, the steps of the plan run within limits, and differentiated."""
