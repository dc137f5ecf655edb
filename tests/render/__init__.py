"""Every format, on statements built by hand."""
