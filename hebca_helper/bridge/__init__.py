"""What browsers see of this computer, and who may see it.

`services` holds the three services for pages together: `certificate_service` (17212) and `seal_service` (17213), both
spoken over `websocket`, and `https` (17443) with its `identity`. `guard` and `peer` judge who asks, before anything is
read; `listening` and `ports` take loopback ports. `trust`, `policies` and `browser_path` are about the browsers' side.
Everything that touches a key is the assistant's work: in here is no token, no PIN and no dialog.
"""
