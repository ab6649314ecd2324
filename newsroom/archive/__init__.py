"""The site as files: moving out and in, to WordPress, backups. The commands call it."""
