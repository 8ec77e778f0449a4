"""What a portal needs on its server: challenges, login tokens, PKCS#1 logins and CMS signatures.

`nonce` gives and takes back challenges, `web_eid` checks a login token, `login` what an old page signed, `signed_data` a
CMS message; all ask one `CertificateJudge` of chain, revocation and clock, and answer with a `LoginResult`. For use
without the rest of the program: it imports pki only, opens no file and no socket (`http` is the same as a service).
"""

from hebca_helper.relying_party.judging import CertificateJudge as CertificateJudge
from hebca_helper.relying_party.login import LoginVerifier as LoginVerifier
from hebca_helper.relying_party.nonce import NonceBook as NonceBook
from hebca_helper.relying_party.nonce import hexadecimal_nonce as hexadecimal_nonce
from hebca_helper.relying_party.nonce import web_eid_nonce as web_eid_nonce
from hebca_helper.relying_party.results import LoginResult as LoginResult
from hebca_helper.relying_party.results import ResultCode as ResultCode
from hebca_helper.relying_party.signed_data import SignedDataResult as SignedDataResult
from hebca_helper.relying_party.signed_data import SignedDataVerifier as SignedDataVerifier
from hebca_helper.relying_party.web_eid import WebEidVerifier as WebEidVerifier
