"""Lengths: millimetres inside the product, PDF points only at the edge of a PDF library."""

POINTS_PER_MM = 72.0 / 25.4


def mm_to_points(mm: float) -> float:
    """Convert millimetres to PDF points (1/72 inch)."""
    return mm * POINTS_PER_MM


def points_to_mm(points: float) -> float:
    """Convert PDF points (1/72 inch) to millimetres."""
    return points / POINTS_PER_MM
