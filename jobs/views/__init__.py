"""Readers' and employers' pages of the job listings."""
