"""What a voice that talks with strangers may not touch, however it is asked."""
