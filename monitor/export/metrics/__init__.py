"""Prometheus: what a scrape gets."""
