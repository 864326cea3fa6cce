"""Cryptography behind names of this product: keys and suites, HPKE, AEAD, key derivation, certificates.

Everything algorithmic stands in `suites.py`'s closed table; SM2/SM3/SM4 will be one more row of it. No other package
may touch the cryptography library's primitives. Layer 2: knows no protocol message and no file format.
"""
