"""Every PKCS#11 failure as one of ours: one table."""

from __future__ import annotations

from pkcs11 import exceptions as p11

from hebca_helper.errors import Code, HelperError

TABLE: dict[type[p11.PKCS11Error], Code] = {
    p11.AnotherUserAlreadyLoggedIn: Code.TOKEN_BUSY,
    p11.ArgumentsBad: Code.TOKEN_FAILURE,
    p11.AttributeReadOnly: Code.TOKEN_FAILURE,
    p11.AttributeSensitive: Code.TOKEN_FAILURE,
    p11.AttributeTypeInvalid: Code.TOKEN_FAILURE,
    p11.AttributeValueInvalid: Code.TOKEN_FAILURE,
    p11.DataInvalid: Code.TOKEN_FAILURE,
    p11.DataLenRange: Code.TOKEN_FAILURE,
    p11.DeviceError: Code.TOKEN_FAILURE,
    p11.DeviceMemory: Code.TOKEN_FAILURE,
    p11.DeviceRemoved: Code.TOKEN_REMOVED,
    p11.DomainParamsInvalid: Code.NOT_SUPPORTED,
    p11.EncryptedDataInvalid: Code.DECRYPTION_FAILED,
    p11.EncryptedDataLenRange: Code.DECRYPTION_FAILED,
    p11.ExceededMaxIterations: Code.TOKEN_FAILURE,
    p11.FunctionCancelled: Code.USER_CANCELLED,
    p11.FunctionFailed: Code.TOKEN_FAILURE,
    p11.FunctionNotSupported: Code.NOT_SUPPORTED,
    p11.FunctionRejected: Code.USER_CANCELLED,
    p11.GeneralError: Code.TOKEN_FAILURE,
    p11.HostMemory: Code.TOKEN_FAILURE,
    p11.KeyHandleInvalid: Code.NOT_LOGGED_IN,
    p11.KeyIndigestible: Code.NOT_SUPPORTED,
    p11.KeyNeeded: Code.TOKEN_FAILURE,
    p11.KeyNotNeeded: Code.TOKEN_FAILURE,
    p11.KeyNotWrappable: Code.NOT_SUPPORTED,
    p11.KeySizeRange: Code.NOT_SUPPORTED,
    p11.KeyTypeInconsistent: Code.NOT_SUPPORTED,
    p11.KeyUnextractable: Code.NOT_SUPPORTED,
    p11.MechanismInvalid: Code.NOT_SUPPORTED,
    p11.MechanismParamInvalid: Code.NOT_SUPPORTED,
    p11.MultipleObjectsReturned: Code.TOKEN_FAILURE,
    p11.MultipleTokensReturned: Code.TOKEN_FAILURE,
    p11.NoEvent: Code.TOKEN_FAILURE,
    p11.NoSuchKey: Code.NO_PRIVATE_KEY,
    p11.NoSuchToken: Code.TOKEN_REMOVED,
    p11.ObjectHandleInvalid: Code.NOT_LOGGED_IN,
    p11.OperationActive: Code.NOT_LOGGED_IN,  # one request at a time: it is our own session that is stuck
    p11.OperationNotInitialized: Code.TOKEN_FAILURE,
    p11.PinExpired: Code.PIN_LOCKED,
    p11.PinIncorrect: Code.PIN_INCORRECT,
    p11.PinInvalid: Code.PIN_LENGTH,
    p11.PinLenRange: Code.PIN_LENGTH,
    p11.PinLocked: Code.PIN_LOCKED,
    p11.PinTooWeak: Code.PIN_WEAK,
    p11.PublicKeyInvalid: Code.TOKEN_FAILURE,
    p11.RandomNoRNG: Code.NOT_SUPPORTED,
    p11.RandomSeedNotSupported: Code.NOT_SUPPORTED,
    p11.SessionClosed: Code.NOT_LOGGED_IN,
    p11.SessionCount: Code.TOKEN_BUSY,
    p11.SessionExists: Code.TOKEN_BUSY,
    p11.SessionHandleInvalid: Code.NOT_LOGGED_IN,
    p11.SessionReadOnly: Code.TOKEN_FAILURE,
    p11.SessionReadOnlyExists: Code.TOKEN_BUSY,
    p11.SessionReadWriteSOExists: Code.TOKEN_BUSY,
    p11.SignatureInvalid: Code.TOKEN_FAILURE,
    p11.SignatureLenRange: Code.TOKEN_FAILURE,
    p11.SlotIDInvalid: Code.TOKEN_REMOVED,
    p11.TemplateIncomplete: Code.TOKEN_FAILURE,
    p11.TemplateInconsistent: Code.TOKEN_FAILURE,
    p11.TokenNotPresent: Code.TOKEN_REMOVED,
    p11.TokenNotRecognised: Code.TOKEN_REMOVED,
    p11.TokenWriteProtected: Code.TOKEN_FAILURE,
    p11.UnwrappingKeyHandleInvalid: Code.TOKEN_FAILURE,
    p11.UnwrappingKeySizeRange: Code.NOT_SUPPORTED,
    p11.UnwrappingKeyTypeInconsistent: Code.NOT_SUPPORTED,
    p11.UserAlreadyLoggedIn: Code.TOKEN_BUSY,
    p11.UserNotLoggedIn: Code.NOT_LOGGED_IN,
    p11.UserPinNotInitialized: Code.PIN_LOCKED,
    p11.UserTooManyTypes: Code.TOKEN_BUSY,
    p11.WrappedKeyInvalid: Code.DECRYPTION_FAILED,
    p11.WrappedKeyLenRange: Code.DECRYPTION_FAILED,
    p11.WrappingKeyHandleInvalid: Code.TOKEN_FAILURE,
    p11.WrappingKeySizeRange: Code.NOT_SUPPORTED,
    p11.WrappingKeyTypeInconsistent: Code.NOT_SUPPORTED,
}

LOST: tuple[type[p11.PKCS11Error], ...] = (
    p11.DeviceRemoved,
    p11.DeviceError,
    p11.GeneralError,
    p11.KeyHandleInvalid,
    p11.ObjectHandleInvalid,
    p11.OperationActive,
    p11.SessionClosed,
    p11.SessionHandleInvalid,
    p11.SlotIDInvalid,
    p11.TokenNotPresent,
    p11.TokenNotRecognised,
    p11.UserNotLoggedIn,
)
"""After one of these a session may be gone: the token pulled out, or logged out behind our back."""


def as_failure(problem: p11.PKCS11Error) -> HelperError:
    """The row of our table; what the library said goes into the detail. An unmapped CKR_ is TOKEN_FAILURE."""
    code = TABLE.get(type(problem), Code.TOKEN_FAILURE)
    said = str(problem)
    return HelperError(code, f"{type(problem).__name__} {said}".strip() if said else type(problem).__name__)
