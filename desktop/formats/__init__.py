"""Parse and verify what others hand us: phone answers, seals, certificate paths. No Qt, no network (layer 3).

Desktop and platform both judge through this package; the phone never imports it, so one bug cannot hide on both sides.
"""
