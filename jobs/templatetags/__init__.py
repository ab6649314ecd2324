"""What templates need to show jobs."""
