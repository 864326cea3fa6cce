"""The phone: reference implementation of the holder's side (`core`) and the virtual phone of the demo (`window`).

`core` makes signatures through crypto and protocol alone; desktop and platform check them through formats, so one bug
cannot hide on both sides. It never imports formats, signing or server.
"""
