"""`python -m desktop.phone`: the virtual phone; see `desktop.phone.window.process` for its options."""

import sys

from desktop.phone.window.process import main

if __name__ == "__main__":
    sys.exit(main())
