"""From bytes to negotiations: knows what traces look like, knows no causes."""
