"""The public pytest plugin: platform, phone, window and clock of BidSeal as fixtures: no network, no real phone."""
