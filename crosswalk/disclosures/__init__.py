"""What was disclosed: accounted for child by child, found by time after a breach, and told as a record of processing.

`accounting` reads it from the ledger, `words` and `balp` say it, `processing` is made of the agreements alone, `cli` is
`crosswalk disclosures`. Left out: releasing, recalling, and giving people access to their data (`crosswalk.access`).
"""
