"""Subject access: the record of one child, given to who may have it, after named functions decided what no machine can.

`register` keeps requests and what was decided as statements of the ledger, `gathering` decides each event for the
recipient `requester`, `pack` makes the files, `cli` is `crosswalk access`. Left out: the agencies' own records; each
answers for its own.

Sources: UK GDPR Articles 12 and 15; Data Protection Act 2018 s45, Schedule 2 (crime, other people, legal privilege) and
Schedule 3 (serious harm, expectations and wishes); Data (Use and Access) Act 2025 s76 to s78 (a reasonable and
proportionate search; the clock stands still while identity is asked for).
"""
