#pragma once
/* An SKF library (GM/T 0016-2012) over OpenSSL 3 with its state in a folder, so that a test can plug, unplug, lock and look
 * into a USBKEY. Written from the interface's description; it is the tests' own and never ships.
 *
 * $SOFTSKF_HOME/devices/<device>/info              serial, label, maker, generation: one a line
 *               devices/<device>/absent            there: pulled out
 *               devices/<device>/<application>/pins       user PIN, admin PIN, tries at most, user tries left, admin tries left
 *               devices/<device>/<application>/containers/<name>/{sign,enc}.{pem,cer}
 *               devices/<device>/<application>/broken      there: its containers cannot be listed
 *               devices/<device>/<application>/files/<name>       reserved size, read rights, write rights (4 octets each), content
 *               quirks   words; a word of the form fault:Function is for that function only (crash, hang, slow, fail=NUMBER)
 *               log      one line for each call: the function's name
 *
 * Quirks: size-ok, no-null, short-size, huge-size, single-nul, retry-untouched, foreign-errors, hash-inside, no-decrypt,
 * devinfo-296, print, already, fail-size, noise.
 */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

typedef uint32_t ULONG;
typedef int32_t BOOL;
typedef uint8_t BYTE;
typedef char *LPSTR;
typedef void *HANDLE;

#pragma pack(push, 1)
typedef struct { BYTE major, minor; } VERSION;
typedef struct {
    VERSION Version; char Manufacturer[64], Issuer[64], Label[32], SerialNumber[32];
    VERSION HWVersion, FirmwareVersion;
    ULONG AlgSymCap, AlgAsymCap, AlgHashCap, DevAuthAlgId, TotalSpace, FreeSpace, MaxECCBufferSize, MaxBufferSize;
    BYTE Reserved[64];
} DEVINFO;
typedef struct { ULONG AlgID, BitLen; BYTE Modulus[256], PublicExponent[4]; } RSAPUBLICKEYBLOB;
typedef struct { ULONG BitLen; BYTE X[64], Y[64]; } ECCPUBLICKEYBLOB;
typedef struct { BYTE r[64], s[64]; } ECCSIGNATUREBLOB;
typedef struct { BYTE X[64], Y[64], HASH[32]; ULONG CipherLen; BYTE Cipher[1]; } ECCCIPHERBLOB;
typedef struct {
    ULONG Version, ulSymmAlgID, ulBits; BYTE cbEncryptedPriKey[64]; ECCPUBLICKEYBLOB PubKey; ECCCIPHERBLOB Cipher;
} ENVELOPEDKEYBLOB;
typedef struct { BYTE IV[32]; ULONG IVLen, PaddingType, FeedBitLen; } BLOCKCIPHERPARAM;
typedef struct { char FileName[32]; ULONG FileSize, ReadRights, WriteRights; } FILEATTRIBUTE;
#pragma pack(pop)

_Static_assert(sizeof(DEVINFO) == 294 && offsetof(DEVINFO, SerialNumber) == 162, "DEVINFO");
_Static_assert(offsetof(DEVINFO, AlgSymCap) == 198 && offsetof(DEVINFO, Reserved) == 230, "DEVINFO");
_Static_assert(sizeof(RSAPUBLICKEYBLOB) == 268 && sizeof(ECCPUBLICKEYBLOB) == 132, "public keys");
_Static_assert(sizeof(ECCSIGNATUREBLOB) == 128 && sizeof(ECCCIPHERBLOB) == 165, "ECC");
_Static_assert(offsetof(ECCCIPHERBLOB, HASH) == 128 && offsetof(ECCCIPHERBLOB, Cipher) == 164, "ECCCIPHERBLOB");
_Static_assert(sizeof(ENVELOPEDKEYBLOB) == 373 && offsetof(ENVELOPEDKEYBLOB, PubKey) == 76, "ENVELOPEDKEYBLOB");
_Static_assert(offsetof(ENVELOPEDKEYBLOB, Cipher) == 208, "ENVELOPEDKEYBLOB");
_Static_assert(sizeof(BLOCKCIPHERPARAM) == 44 && sizeof(FILEATTRIBUTE) == 44, "parameters");

enum {
    OK = 0, FAIL = 0x0A000001, NOTSUPPORTED = 0x0A000003, INVALIDHANDLE = 0x0A000005, INVALIDPARAM = 0x0A000006,
    NAMELEN = 0x0A000009, INDATA = 0x0A000011, KEYNOTFOUND = 0x0A00001B, CERTNOTFOUND = 0x0A00001C,
    BUFFER_TOO_SMALL = 0x0A000020, KEYTYPE = 0x0A000021, REMOVED = 0x0A000023, PIN_INCORRECT = 0x0A000024,
    PIN_LOCKED = 0x0A000025, PIN_LENGTH = 0x0A000027, ALREADY = 0x0A000028, USER_TYPE = 0x0A00002A,
    NOT_LOGGED_IN = 0x0A00002D, NO_APPLICATION = 0x0A00002E, FILE_EXISTS = 0x0A00002F, NO_FILE = 0x0A000031,
    FOREIGN_PIN = 0x0B000029, CONTAINER_MISSING = 0x0B000035,
};
#define SM4_ECB 0x401
#define SM4_CBC 0x402
#define EXPORT __attribute__((visibility("default")))
#define LONGEST 4096

typedef struct { int kind; char path[LONGEST]; char generation[64]; char security[LONGEST]; } Opened;
typedef struct { int kind; ULONG algorithm; BYTE key[16]; EVP_CIPHER_CTX *context; } Session;
enum { DEVICE = 0x5EED01, APPLICATION, CONTAINER, SESSION };

/* state.c */
typedef char Line[128];
const char *home(void);
char *path_of(char *out, const char *folder, const char *name);
long load(const char *path, BYTE *out, long room);
int save(const char *path, const void *data, long size);
int is_there(const char *folder, const char *name);
const char *quirk(const char *word);
ULONG entered(const char *function);
ULONG give(BYTE *out, ULONG *size, const void *data, ULONG count);
ULONG give_names(const char *folder, int (*wanted)(const char *, const char *), LPSTR out, ULONG *size);
int is_any(const char *folder, const char *name);
int is_folder(const char *folder, const char *name);
int is_present(const char *folder, const char *name);
int read_lines(const char *path, Line *lines, int most);
ULONG opened(HANDLE handle, int kind, Opened **out);
Opened *new_opened(int kind, const char *path, const char *generation, const char *security);
char *place_of(const Opened *application);
void note_login(const Opened *application);
void forget_login(const Opened *application);
ULONG allowed(const Opened *application, ULONG rights); /* access.c */

#define ENTER(name) do { ULONG failed_ = entered(name); if (failed_) return failed_; } while (0)
#define TRY(call) do { ULONG result_ = (call); if (result_) return result_; } while (0)
