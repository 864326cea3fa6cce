"""What BidSeal costs beside the programs people know: `python -m benchmarks [name]`, explained in docs/performance.md.

Every figure compares with a peer in the same run, turn by turn, because the machine may be shared; so the ratio is the
figure and the seconds are not. Runs on the developer's Debian, ships with nothing.
"""
