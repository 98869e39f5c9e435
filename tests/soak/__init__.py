"""What is promised over thousands of conversations, hours and faults, measured."""
