"""Images to QR strings: decoder chain, safe image loading, camera source. The only place that imports QR readers."""
