"""演练CA在线服务: the practice CA's side of the online protocol, its certificates and its revocation lists."""
