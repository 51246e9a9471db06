"""Location → Hits: which jurisdictions a place touches, how much of it, how near the border."""
