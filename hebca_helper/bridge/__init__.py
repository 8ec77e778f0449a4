"""What browsers see: the certificate service on 17212 (and later the seal service and the HTTPS API)."""
