"""The pure core: what may be shared with whom, and why.

It does no input and no output, reads no clock, draws no random number and keeps no state: time, keys, ids, directory
and agreements are handed in. Floors, lowest first: vocabulary, errors, ids, calendar; events; contracts, topics,
policy; codec, identity, redaction, reconciliation; routing; release.
"""
