"""The parallel channel: contributions, relays, receipts, consensus, board and report."""
