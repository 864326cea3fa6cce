"""From the scan of a stamped sheet to the transparent imprint of the seal, with a verdict on its quality."""
