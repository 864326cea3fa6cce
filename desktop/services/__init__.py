"""Use cases of the workstation: blocking functions and the ceremony session (layer 5). No Qt.

Everything is given by constructor; results are published as frozen snapshots to plain callbacks, on the thread that
made them. The view layer carries them to the GUI thread.
"""
