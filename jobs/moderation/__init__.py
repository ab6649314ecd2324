"""Every change of a job's state and text, one function each; nothing else writes them."""
