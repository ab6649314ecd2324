"""Looks at every kind of page and every screen of the desk, as readers' browsers show them.

`make screenshots` takes pictures, `make audit` asks axe-core, the Nu checker and Lighthouse; the
first two are part of `make test`.
"""
