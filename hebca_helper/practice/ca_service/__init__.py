"""演练CA在线服务: the practice CA's side of the online protocol, its certificates and its revocation lists.

`orders` are what somebody asked for at the counter, `desk` has the rules by which an unlock code is given, `application`
is the pages and calls, `seal` the key that signs every answer. The other side of `hebca_helper.issuer`, of which it
imports the protocol only.
"""
