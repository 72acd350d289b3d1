"""`crosswalk agreements`: reading, proving and changing a set of agreements at the command line.

`cli` is the door; `read`, `why` and `prove` ask a set in a folder; `propose`, `approve` and `change` bring one into
force, `desk` opens the broker for them, `packs` are the files that approvers sign, `history` and `founding` the record
and its beginning. Left out: judging (`sharing.policy`, `sharing.approval`) and loading a head (`streams`).
"""
