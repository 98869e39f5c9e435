"""The local Realtime server: the rehearsal core behind a websocket, with ears and voices."""
