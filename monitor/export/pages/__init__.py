"""What people look at: pages, cards, and what the event stream tells them."""
