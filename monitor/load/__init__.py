"""YAML to the model, with every fault at its line."""
