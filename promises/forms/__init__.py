"""Forms of the pages about promises."""
