"""The import-linter contract `library`: a foreign library is imported by the named packages only.

import-linter's own `protected` contract with one difference: a library that nobody imports (yet) breaks nothing,
where `protected` stops with an error and judges no contract at all.
"""

import grimp
from importlinter import ContractCheck
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.imports import ModuleExpression


class LibraryContract(ProtectedContract):
    """See the module docstring; options as in `protected`."""

    type_name = "library"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - signature of import-linter
        """Judge the direct imports of those named libraries that anybody imports."""
        named: set[ModuleExpression] = getattr(self, "protected_modules")  # noqa: B009 - typed as the field that filled it
        setattr(self, "protected_modules", [name for name in named if name.expression in graph.modules])  # noqa: B010
        return super().check(graph, verbose)
