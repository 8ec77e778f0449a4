"""河北CA数字证书助手: the certificate assistant."""

__version__ = "0.2.0"
