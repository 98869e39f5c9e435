"""The fault matrix: every fault at every phase of a visit, in virtual time.

`faults.py` and the modules that it names declare the rows and what is expected of
every cell; `cell.py` plays one. `python -m tests.soak.matrix` prints the table.
"""
