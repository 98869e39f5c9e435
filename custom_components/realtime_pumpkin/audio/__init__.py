"""The ground floor of sound: formats, rates, frames, MP3 and pace."""
