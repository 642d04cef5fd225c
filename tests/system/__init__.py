"""The whole province, lab and daemon together: what the product promises, seen from outside."""
