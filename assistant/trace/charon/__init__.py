"""Text of charon's log to negotiations: what strongSwan's daemon writes."""
