"""Two traces of one tunnel: their clocks, what both saw, what only one did."""
