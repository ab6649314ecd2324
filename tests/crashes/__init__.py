"""Processes are killed at any moment; what is left is looked at, and the next run has to finish."""
