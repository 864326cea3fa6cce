"""The import-linter contract `library`: a foreign library is imported by the named packages only.

import-linter's own `protected` contract with one difference: a library that nobody imports (yet) breaks nothing,
where `protected` stops with an error and judges no contract at all.
"""

import grimp
from importlinter import ContractCheck
from importlinter.contracts.protected import ProtectedContract


class LibraryContract(ProtectedContract):
    """See the module docstring; options as in `protected`."""

    type_name = "library"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - signature of import-linter
        """Judge the direct imports of those named libraries that anybody imports."""
        named = self.protected_modules  # type: ignore[has-type]  # a descriptor of import-linter
        self.protected_modules = [library for library in named if library.expression in graph.modules]
        return super().check(graph, verbose)
