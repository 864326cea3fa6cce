"""The modules of the client, each a view-model (QtCore only) and a passive page (layer 6).

Modules do not import each other, but for `views.scan`, the one dialog that every phone operation shares.
"""
