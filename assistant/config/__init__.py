"""The device configuration: an LCOS script to settings, and what they prove."""
