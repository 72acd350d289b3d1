"""`crosswalk why`: one exchange explained, field by field, to who is cleared to be told.

`explanation` reads it from the ledger, `words` says it, `cli` is the command. Left out: deciding anew, and clearance
itself (`crosswalk.clearance`).
"""
