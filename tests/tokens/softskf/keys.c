/* Containers and what their keys do. */
#include "softskf.h"

/* ---- containers ---- */

static ULONG logged(const Opened *container) { return place_of(container) ? OK : NOT_LOGGED_IN; }

EXPORT ULONG SKF_EnumContainer(HANDLE application, LPSTR list, ULONG *size) {
    ENTER("EnumContainer");
    Opened *found;
    char folder[LONGEST];
    TRY(opened(application, APPLICATION, &found));
    if (is_there(found->path, "broken")) return FAIL;
    return give_names(path_of(folder, found->path, "containers"), is_folder, list, size);
}

static ULONG open_container(const Opened *application, const char *name, HANDLE *out) {
    char folder[LONGEST], path[LONGEST];
    if (!is_folder(path_of(folder, application->path, "containers"), name)) return CONTAINER_MISSING;
    *out = new_opened(CONTAINER, path_of(path, folder, name), application->generation, application->security);
    return OK;
}

EXPORT ULONG SKF_OpenContainer(HANDLE application, LPSTR name, HANDLE *out) {
    ENTER("OpenContainer");
    Opened *found;
    TRY(opened(application, APPLICATION, &found));
    return open_container(found, name, out);
}

EXPORT ULONG SKF_CreateContainer(HANDLE application, LPSTR name, HANDLE *out) {
    ENTER("CreateContainer");
    Opened *found;
    char folder[LONGEST], path[LONGEST];
    TRY(opened(application, APPLICATION, &found));
    TRY(allowed(found, 0));
    if (strlen(name) > 64) return NAMELEN;
    if (mkdir(path_of(path, path_of(folder, found->path, "containers"), name), 0700)) return FAIL;
    return open_container(found, name, out);
}

EXPORT ULONG SKF_DeleteContainer(HANDLE application, LPSTR name) {
    ENTER("DeleteContainer");
    Opened *found;
    char folder[LONGEST], path[LONGEST], inside[LONGEST];
    static const char *const FILES[] = {"sign.pem", "sign.cer", "enc.pem", "enc.cer"};
    TRY(opened(application, APPLICATION, &found));
    TRY(allowed(found, 0));
    path_of(path, path_of(folder, found->path, "containers"), name);
    for (int index = 0; index < 4; index++) unlink(path_of(inside, path, FILES[index]));
    return rmdir(path) ? CONTAINER_MISSING : OK;
}

EXPORT ULONG SKF_CloseContainer(HANDLE container) {
    ENTER("CloseContainer");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    found->kind = 0;
    return OK;
}

static EVP_PKEY *key_of(const Opened *container, int sign) {
    char path[LONGEST];
    FILE *file = fopen(path_of(path, container->path, sign ? "sign.pem" : "enc.pem"), "r");
    if (!file) return NULL;
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    return key;
}

EXPORT ULONG SKF_GetContainerType(HANDLE container, ULONG *out) {
    ENTER("GetContainerType");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    EVP_PKEY *key = key_of(found, 1);
    if (!key) key = key_of(found, 0);
    *out = !key ? 0 : EVP_PKEY_is_a(key, "RSA") ? 1 : 2;
    EVP_PKEY_free(key);
    return OK;
}

EXPORT ULONG SKF_ExportCertificate(HANDLE container, BOOL sign, BYTE *out, ULONG *size) {
    ENTER("ExportCertificate");
    Opened *found;
    char path[LONGEST];
    static BYTE content[1 << 16];
    TRY(opened(container, CONTAINER, &found));
    long count = load(path_of(path, found->path, sign ? "sign.cer" : "enc.cer"), content, sizeof content);
    return count < 0 ? CERTNOTFOUND : give(out, size, content, (ULONG)count);
}

EXPORT ULONG SKF_ImportCertificate(HANDLE container, BOOL sign, BYTE *data, ULONG size) {
    ENTER("ImportCertificate");
    Opened *found;
    char path[LONGEST];
    TRY(opened(container, CONTAINER, &found));
    TRY(logged(found));
    return save(path_of(path, found->path, sign ? "sign.cer" : "enc.cer"), data, size) ? FAIL : OK;
}

static void put_number(const EVP_PKEY *key, const char *name, BYTE *out, int room) {
    BIGNUM *number = NULL;
    EVP_PKEY_get_bn_param(key, name, &number);
    BN_bn2binpad(number, out, room);
    BN_free(number);
}

static void put_point(const EVP_PKEY *key, ECCPUBLICKEYBLOB *out) {
    memset(out, 0, sizeof *out);
    out->BitLen = 256;
    put_number(key, OSSL_PKEY_PARAM_EC_PUB_X, out->X, 64);
    put_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, out->Y, 64);
}

EXPORT ULONG SKF_ExportPublicKey(HANDLE container, BOOL sign, BYTE *out, ULONG *size) {
    ENTER("ExportPublicKey");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    EVP_PKEY *key = key_of(found, sign);
    if (!key) return KEYNOTFOUND;
    ECCPUBLICKEYBLOB point;
    RSAPUBLICKEYBLOB modulus = {.AlgID = 0x10000, .BitLen = (ULONG)EVP_PKEY_get_bits(key)};
    int rsa = EVP_PKEY_is_a(key, "RSA");
    if (rsa) {
        put_number(key, OSSL_PKEY_PARAM_RSA_N, modulus.Modulus, 256);
        put_number(key, OSSL_PKEY_PARAM_RSA_E, modulus.PublicExponent, 4);
    } else
        put_point(key, &point);
    EVP_PKEY_free(key);
    return rsa ? give(out, size, &modulus, sizeof modulus) : give(out, size, &point, sizeof point);
}

static ULONG save_key(const Opened *container, int sign, EVP_PKEY *key) {
    char path[LONGEST];
    FILE *file = fopen(path_of(path, container->path, sign ? "sign.pem" : "enc.pem"), "w");
    if (!file) return FAIL;
    int fine = PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    return fclose(file) == 0 && fine ? OK : FAIL;
}

EXPORT ULONG SKF_GenECCKeyPair(HANDLE container, ULONG algorithm, ECCPUBLICKEYBLOB *out) {
    ENTER("GenECCKeyPair");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    TRY(logged(found));
    if (algorithm != (ULONG)(quirk("foreign-errors") ? 0x20200 : 0x20100)) return INVALIDPARAM;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    if (!key) return FAIL;
    put_point(key, out);
    ULONG saved = save_key(found, 1, key);
    EVP_PKEY_free(key);
    return saved;
}

EXPORT ULONG SKF_ECCSignData(HANDLE container, BYTE *data, ULONG size, ECCSIGNATUREBLOB *out) {
    ENTER("ECCSignData");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    TRY(logged(found));
    if (size != 32) return INDATA;
    EVP_PKEY *key = key_of(found, 1);
    if (!key) return KEYNOTFOUND;
    BYTE digest[32], signature[128];
    size_t count = sizeof signature;
    memcpy(digest, data, 32);
    if (quirk("hash-inside")) EVP_Digest(data, 32, digest, NULL, EVP_sm3(), NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int fine = EVP_PKEY_sign_init(context) > 0 && EVP_PKEY_sign(context, signature, &count, digest, 32) > 0;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    if (!fine) return FAIL;
    const BYTE *start = signature;
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &start, (long)count);
    memset(out, 0, sizeof *out);
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), out->r, 64);
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers), out->s, 64);
    ECDSA_SIG_free(numbers);
    return OK;
}

EXPORT ULONG SKF_RSASignData(HANDLE container, BYTE *data, ULONG size, BYTE *out, ULONG *length) {
    ENTER("RSASignData");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    TRY(logged(found));
    EVP_PKEY *key = key_of(found, 1);
    if (!key || !EVP_PKEY_is_a(key, "RSA")) return KEYNOTFOUND;
    BYTE signature[512];
    size_t count = sizeof signature;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int fine = EVP_PKEY_sign_init(context) > 0 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
               EVP_PKEY_sign(context, signature, &count, data, size) > 0;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return fine ? give(out, length, signature, (ULONG)count) : INDATA;
}

/* ---- opening what was sealed ---- */

static int put_der(BYTE *out, int tag, const BYTE *data, int size) {
    int at = 0;
    out[at++] = (BYTE)tag;
    if (size >= 0x100) { out[at++] = 0x82; out[at++] = (BYTE)(size >> 8); }
    else if (size >= 0x80) out[at++] = 0x81;
    out[at++] = (BYTE)size;
    memcpy(out + at, data, size);
    return at + size;
}

static int put_integer(BYTE *out, const BYTE *number, int size) {
    BYTE content[65] = {0};
    while (size > 1 && !number[0]) { number++; size--; }
    memcpy(content + 1, number, size);
    return number[0] & 0x80 ? put_der(out, 2, content, size + 1) : put_der(out, 2, content + 1, size);
}

/* OpenSSL reads GM/T 0009's SEQUENCE { x, y, hash, cipher }. */
static ULONG opened_cipher(EVP_PKEY *key, const ECCCIPHERBLOB *blob, BYTE *out, size_t *count) {
    static BYTE inner[1 << 16], outer[(1 << 16) + 8];
    if (blob->CipherLen > 60000) return INDATA;
    int size = put_integer(inner, blob->X, 64);
    size += put_integer(inner + size, blob->Y, 64);
    size += put_der(inner + size, 4, blob->HASH, 32);
    size += put_der(inner + size, 4, blob->Cipher, (int)blob->CipherLen);
    size = put_der(outer, 0x30, inner, size);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int fine = EVP_PKEY_decrypt_init(context) > 0 && EVP_PKEY_decrypt(context, out, count, outer, size) > 0;
    EVP_PKEY_CTX_free(context);
    return fine ? OK : INDATA;
}

EXPORT ULONG SKF_ECCPrvKeyDecrypt(HANDLE container, ECCCIPHERBLOB *cipher, BYTE *out, ULONG *size) {
    ENTER("ECCPrvKeyDecrypt");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    if (quirk("no-decrypt")) return NOTSUPPORTED;
    TRY(logged(found));
    EVP_PKEY *key = key_of(found, 0);
    if (!key) return KEYNOTFOUND;
    static BYTE plain[1 << 16];
    size_t count = sizeof plain;
    ULONG result = opened_cipher(key, cipher, plain, &count);
    EVP_PKEY_free(key);
    return result ? result : give(out, size, plain, (ULONG)count);
}

EXPORT ULONG SKF_ImportSessionKey(HANDLE container, ULONG algorithm, BYTE *data, ULONG size, HANDLE *out) {
    ENTER("ImportSessionKey");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    TRY(logged(found));
    if (algorithm != SM4_CBC && algorithm != SM4_ECB) return NOTSUPPORTED;
    if (size < 164) return INDATA;
    EVP_PKEY *key = key_of(found, 0);
    if (!key) return KEYNOTFOUND;
    BYTE plain[LONGEST];
    size_t count = sizeof plain;
    ULONG result = opened_cipher(key, (ECCCIPHERBLOB *)data, plain, &count);
    EVP_PKEY_free(key);
    if (result) return result;
    if (count != 16) return INDATA;
    Session *made = calloc(1, sizeof *made);
    made->kind = SESSION;
    made->algorithm = algorithm;
    memcpy(made->key, plain, 16);
    *out = made;
    return OK;
}

static ULONG session_of(HANDLE handle, Session **out) {
    *out = handle;
    return handle && (*out)->kind == SESSION ? OK : INVALIDHANDLE;
}

EXPORT ULONG SKF_DecryptInit(HANDLE handle, BLOCKCIPHERPARAM parameters) {
    ENTER("DecryptInit");
    Session *found;
    TRY(session_of(handle, &found));
    EVP_CIPHER_CTX_free(found->context);
    found->context = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *cipher = found->algorithm == SM4_CBC ? EVP_sm4_cbc() : EVP_sm4_ecb();
    if (found->algorithm == SM4_CBC && parameters.IVLen != 16) return INVALIDPARAM;
    if (!EVP_DecryptInit_ex(found->context, cipher, NULL, found->key, parameters.IV)) return FAIL;
    EVP_CIPHER_CTX_set_padding(found->context, parameters.PaddingType == 1);
    return OK;
}

EXPORT ULONG SKF_DecryptUpdate(HANDLE handle, BYTE *data, ULONG size, BYTE *out, ULONG *length) {
    ENTER("DecryptUpdate");
    Session *found;
    int count = 0;
    TRY(session_of(handle, &found));
    if (*length < size + 16) return BUFFER_TOO_SMALL;
    if (!EVP_DecryptUpdate(found->context, out, &count, data, (int)size)) return INDATA;
    *length = (ULONG)count;
    return OK;
}

EXPORT ULONG SKF_DecryptFinal(HANDLE handle, BYTE *out, ULONG *length) {
    ENTER("DecryptFinal");
    Session *found;
    int count = 0;
    TRY(session_of(handle, &found));
    if (!EVP_DecryptFinal_ex(found->context, out, &count)) return INDATA;
    *length = (ULONG)count;
    return OK;
}

EXPORT ULONG SKF_CloseHandle(HANDLE handle) {
    ENTER("CloseHandle");
    Session *found;
    TRY(session_of(handle, &found));
    EVP_CIPHER_CTX_free(found->context);
    found->kind = 0;
    free(found);
    return OK;
}

static EVP_PKEY *key_from(const BYTE number[32], const ECCPUBLICKEYBLOB *point) {
    BYTE encoded[65] = {4};
    memcpy(encoded + 1, point->X + 32, 32);
    memcpy(encoded + 33, point->Y + 32, 32);
    BIGNUM *private = BN_bin2bn(number, 32, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, private);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    EVP_PKEY *key = NULL;
    if (EVP_PKEY_fromdata_init(context) <= 0 || EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    BN_free(private);
    return key;
}

static int is_a_pair(EVP_PKEY *key) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int fine = EVP_PKEY_pairwise_check(context) > 0;
    EVP_PKEY_CTX_free(context);
    return fine;
}

EXPORT ULONG SKF_ImportECCKeyPair(HANDLE container, ENVELOPEDKEYBLOB *blob) {
    ENTER("ImportECCKeyPair");
    Opened *found;
    TRY(opened(container, CONTAINER, &found));
    TRY(logged(found));
    if (blob->Version != 1 || blob->ulBits != 256) return INDATA;
    if (blob->ulSymmAlgID != SM4_ECB) return NOTSUPPORTED;
    EVP_PKEY *key = key_of(found, 1);
    if (!key) return KEYNOTFOUND;
    BYTE session[LONGEST], number[64];
    size_t count = sizeof session;
    ULONG result = opened_cipher(key, &blob->Cipher, session, &count);
    EVP_PKEY_free(key);
    if (result || count != 16) return INDATA;
    int size = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    EVP_DecryptInit_ex(context, EVP_sm4_ecb(), NULL, session, NULL);
    EVP_CIPHER_CTX_set_padding(context, 0);
    EVP_DecryptUpdate(context, number, &size, blob->cbEncryptedPriKey, 64);
    EVP_CIPHER_CTX_free(context);
    EVP_PKEY *made = key_from(number + 32, &blob->PubKey);
    result = made && is_a_pair(made) ? save_key(found, 0, made) : INDATA;
    EVP_PKEY_free(made);
    return result;
}
