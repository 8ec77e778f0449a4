/*
 * The floor that SignText is measured against: C_SignInit + C_Sign of an RSA-2048 key in one thread, nothing else.
 *
 *   bare_sign MODULE COUNT [rsa|sha1-rsa]        (PIN in BARE_SIGN_PIN)
 *
 * rsa      CKM_RSA_PKCS over the DigestInfo of a SHA-1 digest (RFC 8017, 9.2, note 1), which is what the assistant does
 * sha1-rsa CKM_SHA1_RSA_PKCS over a short text
 *
 * Prints one JSON line: p50_us (microseconds of the median signature), operations_per_second (of the whole run).
 * Build: cc -O2 -I/usr/include/p11-kit-1 -o bare_sign bare_sign.c -ldl
 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 16, WARM_UP = 10, SIGNATURE_BYTES = 512, SHA1_PREFIX_BYTES = 15, MESSAGE_BYTES = 35 };

static CK_FUNCTION_LIST *token;

static void stop(const char *step, CK_RV result)
{
    fprintf(stderr, "bare_sign: %s: 0x%lx\n", step, (unsigned long)result);
    exit(1);
}

static void must(const char *step, CK_RV result)
{
    if (result != CKR_OK)
        stop(step, result);
}

static double now_us(void)
{
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec * 1e6 + (double)moment.tv_nsec / 1e3;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "bare_sign: %s\n", dlerror());
        exit(1);
    }
    CK_C_GetFunctionList functions = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    if (!functions)
        stop("C_GetFunctionList is missing", CKR_GENERAL_ERROR);
    must("C_GetFunctionList", functions(&token));
    must("C_Initialize", token->C_Initialize(NULL));
}

/* The first token that takes the PIN and has a signing key. */
static CK_SESSION_HANDLE log_in(CK_OBJECT_HANDLE *key)
{
    const char *pin = getenv("BARE_SIGN_PIN");
    CK_SLOT_ID slots[SLOTS];
    CK_ULONG count = SLOTS;
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_KEY_TYPE kind = CKK_RSA;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class },
                              { CKA_KEY_TYPE, &kind, sizeof kind },
                              { CKA_SIGN, &yes, sizeof yes } };
    if (!pin)
        stop("BARE_SIGN_PIN is not set", CKR_PIN_INVALID);
    must("C_GetSlotList", token->C_GetSlotList(CK_TRUE, slots, &count));
    for (CK_ULONG i = 0; i < count; i++) {
        CK_SESSION_HANDLE session;
        CK_TOKEN_INFO info;
        CK_ULONG found = 0;
        if (token->C_GetTokenInfo(slots[i], &info) != CKR_OK || !(info.flags & CKF_USER_PIN_INITIALIZED))
            continue;
        must("C_OpenSession", token->C_OpenSession(slots[i], CKF_SERIAL_SESSION, NULL, NULL, &session));
        must("C_Login", token->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)));
        must("C_FindObjectsInit", token->C_FindObjectsInit(session, wanted, 3));
        must("C_FindObjects", token->C_FindObjects(session, key, 1, &found));
        must("C_FindObjectsFinal", token->C_FindObjectsFinal(session));
        if (found)
            return session;
    }
    stop("no RSA signing key", CKR_KEY_HANDLE_INVALID);
    return 0;
}

int main(int argc, char **argv)
{
    static const CK_BYTE sha1_prefix[SHA1_PREFIX_BYTES] = { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                                            0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14 };
    long count = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    int hashed = argc > 3 && strcmp(argv[3], "sha1-rsa") == 0;
    CK_MECHANISM mechanism = { hashed ? CKM_SHA1_RSA_PKCS : CKM_RSA_PKCS, NULL, 0 };
    CK_BYTE message[MESSAGE_BYTES] = { 0 }, signature[SIGNATURE_BYTES];
    CK_OBJECT_HANDLE key = 0;

    if (count < 1) {
        fprintf(stderr, "usage: bare_sign MODULE COUNT [rsa|sha1-rsa]\n");
        return 2;
    }
    load(argv[1]);
    CK_SESSION_HANDLE session = log_in(&key);
    memcpy(message, sha1_prefix, sizeof sha1_prefix);
    double *taken = calloc((size_t)count, sizeof *taken), start = 0;
    if (!taken)
        stop("memory", CKR_HOST_MEMORY);
    for (long i = -WARM_UP; i < count; i++) {
        CK_ULONG length = sizeof signature;
        double before = now_us();
        if (i == 0)
            start = before;
        message[MESSAGE_BYTES - 1] = (CK_BYTE)i; /* never the same twice in a row */
        must("C_SignInit", token->C_SignInit(session, &mechanism, key));
        must("C_Sign", token->C_Sign(session, message, sizeof message, signature, &length));
        if (i >= 0)
            taken[i] = now_us() - before;
    }
    double whole = now_us() - start;
    qsort(taken, (size_t)count, sizeof *taken, by_size);
    printf("{\"p50_us\": %.1f, \"operations_per_second\": %.1f, \"count\": %ld}\n", taken[count / 2],
           (double)count * 1e6 / whole, count);
    free(taken);
    token->C_Finalize(NULL);
    return 0;
}
