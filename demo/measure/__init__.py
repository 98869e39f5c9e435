"""What a visit was like, computed from its recording and Home Assistant's events.

Nothing here knows our server, our integration or the rig: the figures come from
`visit.wav` and `events.jsonl` alone.
"""
