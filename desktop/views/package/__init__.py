"""Bid packages (投标文件包): make one, open some, rehearse the opening."""
