"""What machine code may not survive, in a process of its own: a crash there is an error of one line here."""
