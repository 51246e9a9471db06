"""Reports: what a period was like, as pages for an office (PDF, Word) and as tables (XLSX)."""
