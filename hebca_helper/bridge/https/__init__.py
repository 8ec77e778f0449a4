"""The HTTPS service: JSON calls and an events socket for pages of today, on https://localhost:17443."""
