"""The virtual phone: looks and behaves like the mobile certificate app of the manual, around `desktop.phone.core`.

`PhoneWindow(app_model, scan_model, clock)` is the whole of it; `app.build(...)` wires one up. It is a demonstration
phone: its SMS inbox reads the embedded platform's outbox, and it "scans" by grabbing the screen of this computer.
"""
