"""The independent judge: what was published, what arrived, and every byte in between; no code is shared.

It knows the project from outside only: folders, files, Kafka's own log, and expectations written by hand
(`expectations.yaml`). Run it as a process of its own: `python -m checker DIR`.
"""
