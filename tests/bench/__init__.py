"""Figures for comparison on one machine, not for a test: `make bench`, or some of its parts by
`python -m tests.bench pages search`.

A part is a module of this package with a function `run()` that fills the empty database it finds
and returns its figures: the lines of a table, and in each line the columns. Modules with an
underscore are what parts share.
"""
