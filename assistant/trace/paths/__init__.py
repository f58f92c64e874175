"""What packets tell of the way of polls and of IKE."""
