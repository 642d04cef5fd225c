"""The record of every transition and event, written before anything is published."""
