"""Guards of the integration, switched off one at a time: some test must notice.

`guards.py` and its neighbours are data, `mutant.py` says what one entry is,
`plugin.py` switches one off in a run of pytest, `trial.py` runs its tests so, and
`python -m tests.soak.mutants [--short]` does so for all of them.
"""
