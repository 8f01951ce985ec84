"""The parallel channel: contributions, relays and the floor, receipts, the codebook and the programme.

Every command is a function of a journal's `Tx`: guards, rows and entries of one transaction.
"""
