"""How fast the integration is beside its peers: `script/bench`."""
