"""The signing engine: ceremonies, PDF sealing, seal imprints (layer 4).

The three sub-packages do not import each other.
"""
