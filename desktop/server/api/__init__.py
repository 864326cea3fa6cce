"""HTTP routes: read the request, ask a case, write the answer; no decision is made here."""
