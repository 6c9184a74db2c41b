"""The run folder: what a run recorded, written so that nothing is lost, and read again."""
