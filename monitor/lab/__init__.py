"""The province as an emulator, in a network of its own."""
