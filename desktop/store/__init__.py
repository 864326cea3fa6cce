"""What the workstation keeps: atomic files, journal of consumed ceremonies, settings, secrets, trust cache (layer 4).

Nothing here is half-written after a crash: files are replaced whole, the journal is one SQLite transaction an event.
"""
