"""The least that a DRF endpoint can be that keeps what it is given: one row with a client's id, the same durability."""
