"""From options to a finished run: config, build, run."""
