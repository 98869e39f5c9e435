"""Clients of a Realtime server that all do the same job, each in a process of its own.

They run in `.venv-bench`, where the peers are, and in `.venv`, where the integration is;
so this folder imports nothing but what both have.
"""
