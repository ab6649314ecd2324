"""The demo newsroom: an invented paper, built through the apps' verbs by `manage.py demo`."""
