"""Whatever comes from outside: nothing raises, and only declared types come out.

Each surface is a function of bytes that raises where something is wrong. Hypothesis
feeds it a few hundred inputs in `script/test`, always the same ones; `tests.soak.fuzz`
feeds it many more, guided by coverage where that helps.
"""
