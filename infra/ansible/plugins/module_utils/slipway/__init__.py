"""What our modules share: the ledger, the host lock, transient units and readings of the host."""
