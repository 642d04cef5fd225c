"""What is believed of every target: readings come in, states and one snapshot go out."""
