/* A PKCS#11 module that forwards to another one (SHIM_MODULE) and fails on command, as vendor libraries do.
 *
 * SHIM_CONTROL names a file that is read at each call, so a test can switch faults while the program runs. One fault a line:
 *   OPERATION ACTION [NUMBER] [once]
 * OPERATION: initialize slots info open login find attributes sign decrypt set_pin init_pin generate
 * ACTION:    crash | abort | exit | hang | hold | removed | slow MILLISECONDS | error CKR_NUMBER (hex)
 * `hold` lasts until the file orders it no more.
 * `once` removes the control file before the fault strikes. Besides:
 *   slots empty                      no slot has a token
 *   login protected                  the PIN is typed on the token itself: a C_Login without one gets SHIM_PIN
 *   login low | final_try | locked   the user PIN flag in CK_TOKEN_INFO; `locked` also makes C_Login say CKR_PIN_LOCKED
 *   label|serial HEX                 what the CK_TOKEN_INFO of every token says that has been set up
 *   set|clear HEX                    its flags
 *   swapped HEX                      the serial number after the next C_OpenSession: another token came into the slot by then
 *   ghosts NUMBER CKR_NUMBER         so many more slots, whose C_GetTokenInfo says that; the list is counted too short
 *   hide HEX                         no object tells this attribute
 *   keytype HEX                      the CKA_KEY_TYPE of every key
 *   signature strip | flip           loses its leading zeros | is wrong in one bit
 *   always                           every key wants its own C_Login (CKU_CONTEXT_SPECIFIC) in each signature
 *   dead                             no session is alive
 *   random SEED PERCENT              every operation fails so often, each time in another way (never by a hang)
 * SHIM_LOG names a file that gets one line per call: the operation.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST table;
static unsigned int seed;

static void log_call(const char *operation) {
    const char *path = getenv("SHIM_LOG");
    if (!path) return;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0) return;
    dprintf(file, "%s\n", operation);
    close(file);
}

/* The action ordered for an operation, "" when none; `number` gets its argument. */
static const char *ordered(const char *operation, char *number, size_t size, int *once) {
    static char action[64];
    const char *path = getenv("SHIM_CONTROL");
    FILE *file = path ? fopen(path, "r") : NULL;
    char line[256], name[64], extra[2][64];
    action[0] = number[0] = 0;
    *once = 0;
    if (!file) return action;
    while (!action[0] && fgets(line, sizeof line, file)) {
        extra[0][0] = extra[1][0] = 0;
        char found[64] = "";
        if (sscanf(line, "%63s %63s %63s %63s", name, found, extra[0], extra[1]) < 2) continue;
        if (!strcmp(name, operation)) {
            strcpy(action, found);
            *once = !strcmp(extra[0], "once") || !strcmp(extra[1], "once");
            snprintf(number, size, "%s", extra[0]);
        } else if (!strcmp(name, "random") && strcmp(operation, "pin_flag")) {
            static const char *ways[] = {"crash", "abort", "exit", "removed", "error", "slow"};
            if (!seed) seed = (unsigned int)atoi(found) ^ (unsigned int)getpid();
            if (rand_r(&seed) % 100 >= atoi(extra[0])) continue;
            strcpy(action, ways[rand_r(&seed) % 6]);
            snprintf(number, size, "%s", "5");
        }
    }
    fclose(file);
    if (*once) unlink(path);
    return action;
}

static void hold(const char *operation) {
    char number[64];
    int once;
    while (!strcmp(ordered(operation, number, sizeof number, &once), "hold")) usleep(10000);
}

static CK_RV fault(const char *operation) {
    char number[64];
    int once;
    log_call(operation);
    const char *action = ordered(operation, number, sizeof number, &once);
    if (*action) printf("shim: %s %s\n", operation, action), fflush(stdout);
    if (!strcmp(action, "crash")) raise(SIGSEGV);
    if (!strcmp(action, "abort")) abort();
    if (!strcmp(action, "exit")) _exit(3);
    if (!strcmp(action, "hang")) for (;;) pause();
    if (!strcmp(action, "hold")) hold(operation);
    if (!strcmp(action, "slow")) usleep((useconds_t)atoi(number) * 1000);
    if (!strcmp(action, "removed")) return CKR_DEVICE_REMOVED;
    if (!strcmp(action, "error")) return strtoul(number, NULL, 16);
    return CKR_OK;
}

/* Whether the control file has a line of this name; `first` and `second` get its words. */
static int told(const char *name, char first[64], char second[64]) {
    char line[256], found[64];
    const char *path = getenv("SHIM_CONTROL");
    FILE *file = path ? fopen(path, "r") : NULL;
    int is = 0;
    while (file && !is && fgets(line, sizeof line, file)) {
        first[0] = second[0] = 0;
        is = sscanf(line, "%63s %63s %63s", found, first, second) >= 1 && !strcmp(found, name);
    }
    if (file) fclose(file);
    return is;
}

static void put(CK_UTF8CHAR *field, size_t size, const char *hex) {
    unsigned octet;
    memset(field, ' ', size);
    for (size_t i = 0; i < size && sscanf(hex + 2 * i, "%2x", &octet) == 1; i++) field[i] = (CK_UTF8CHAR)octet;
}

enum { GHOST = 1000 };
static int opened, reaffirmed;

#define STRIKES(operation) do { CK_RV failed = fault(operation); if (failed != CKR_OK) return failed; } while (0)

static CK_RV shim_Initialize(void *arguments) {
    STRIKES("initialize");
    return real->C_Initialize(arguments);
}

static CK_RV shim_GetSlotList(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count) {
    char number[64];
    int once;
    STRIKES("slots");
    if (!strcmp(ordered("slots", number, sizeof number, &once), "empty")) {
        *count = 0;
        return CKR_OK;
    }
    char ghosts[64], why[64];
    if (!told("ghosts", ghosts, why)) return real->C_GetSlotList(present, slots, count);
    CK_ULONG room = *count, more = (CK_ULONG)atoi(ghosts);
    CK_RV result = real->C_GetSlotList(present, slots, count);
    if (!slots || result != CKR_OK) return result;
    if (room < *count + more) {
        *count += more;
        return CKR_BUFFER_TOO_SMALL;
    }
    for (CK_ULONG i = 0; i < more; i++) slots[(*count)++] = GHOST + i;
    return CKR_OK;
}

static const char *pin_flag(void) {
    static char flag[64];
    char line[256], name[64];
    const char *path = getenv("SHIM_CONTROL");
    FILE *file = path ? fopen(path, "r") : NULL;
    flag[0] = 0;
    while (file && !flag[0] && fgets(line, sizeof line, file))
        if (sscanf(line, "%63s %63s", name, flag) != 2 || strcmp(name, "login")) flag[0] = 0;
    if (file) fclose(file);
    return flag;
}

static CK_RV shim_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
    char hex[64], why[64];
    STRIKES("info");
    if (slot >= GHOST && slot < GHOST + 1000 && told("ghosts", hex, why)) return strtoul(why, NULL, 16);
    CK_RV result = real->C_GetTokenInfo(slot, info);
    if (!(info->flags & CKF_TOKEN_INITIALIZED)) return result;
    if (told("label", hex, why)) put(info->label, sizeof info->label, hex);
    if (told("serial", hex, why)) put(info->serialNumber, sizeof info->serialNumber, hex);
    if (told("swapped", hex, why) && opened) put(info->serialNumber, sizeof info->serialNumber, hex);
    if (told("set", hex, why)) info->flags |= strtoul(hex, NULL, 16);
    if (told("clear", hex, why)) info->flags &= ~strtoul(hex, NULL, 16);
    const char *flag = pin_flag();
    if (!strcmp(flag, "protected")) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    if (!strcmp(flag, "low")) info->flags |= CKF_USER_PIN_COUNT_LOW;
    if (!strcmp(flag, "final_try")) info->flags |= CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY;
    if (!strcmp(flag, "locked")) info->flags |= CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED;
    return result;
}

static CK_RV shim_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *data, CK_NOTIFY notify, CK_SESSION_HANDLE *session) {
    STRIKES("open");
    char hex[64], why[64];
    opened = told("swapped", hex, why);
    return real->C_OpenSession(slot, flags, data, notify, session);
}

static CK_RV shim_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG size) {
    STRIKES("login");
    if (user == CKU_USER && !strcmp(pin_flag(), "locked")) return CKR_PIN_LOCKED;
    char hex[64], why[64];
    if (user == CKU_CONTEXT_SPECIFIC && told("always", hex, why)) {
        log_call("reaffirm");
        reaffirmed = 1;
        return CKR_OK;
    }
    const char *typed = getenv("SHIM_PIN");
    if (!pin && typed) return real->C_Login(session, user, (CK_UTF8CHAR *)typed, strlen(typed));
    return real->C_Login(session, user, pin, size);
}

static CK_RV shim_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes, CK_ULONG count) {
    STRIKES("find");
    return real->C_FindObjectsInit(session, attributes, count);
}

static CK_RV shim_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes, CK_ULONG count) {
    char hex[64], why[64];
    STRIKES("attributes");
    if (told("hide", hex, why) && attributes->type == strtoul(hex, NULL, 16)) {
        attributes->ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
    CK_RV result = real->C_GetAttributeValue(session, object, attributes, count);
    if (result == CKR_OK && attributes->pValue && attributes->type == CKA_KEY_TYPE && told("keytype", hex, why))
        *(CK_KEY_TYPE *)attributes->pValue = strtoul(hex, NULL, 16);
    if (result == CKR_OK && attributes->pValue && attributes->type == CKA_ALWAYS_AUTHENTICATE && told("always", hex, why))
        *(CK_BBOOL *)attributes->pValue = CK_TRUE;
    return result;
}

static CK_RV shim_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info) {
    char hex[64], why[64];
    return told("dead", hex, why) ? CKR_SESSION_HANDLE_INVALID : real->C_GetSessionInfo(session, info);
}

static CK_RV shim_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key) {
    reaffirmed = 0;
    return real->C_SignInit(session, mechanism, key);
}

static CK_RV shim_Sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG size, CK_BYTE *signature, CK_ULONG *length) {
    char way[64], why[64];
    if (signature) STRIKES("sign"); /* not when only the length is asked */
    CK_RV result = real->C_Sign(session, data, size, signature, length);
    if (result != CKR_OK || !signature) return result;
    if (told("always", way, why) && !reaffirmed) return CKR_USER_NOT_LOGGED_IN;
    if (!told("signature", way, why)) return result;
    if (!strcmp(way, "flip")) signature[*length / 2] ^= 1;
    CK_ULONG zeros = 0;
    while (!strcmp(way, "strip") && zeros < *length && !signature[zeros]) zeros++;
    memmove(signature, signature + zeros, *length - zeros);
    *length -= zeros;
    return result;
}

static CK_RV shim_Decrypt(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG size, CK_BYTE *plain, CK_ULONG *length) {
    if (plain) STRIKES("decrypt");
    return real->C_Decrypt(session, data, size, plain, length);
}

static CK_RV shim_SetPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR *old, CK_ULONG old_size, CK_UTF8CHAR *new, CK_ULONG new_size) {
    STRIKES("set_pin");
    return real->C_SetPIN(session, old, old_size, new, new_size);
}

static CK_RV shim_InitPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR *pin, CK_ULONG size) {
    STRIKES("init_pin");
    return real->C_InitPIN(session, pin, size);
}

static CK_RV shim_GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public, CK_ULONG publics,
                                  CK_ATTRIBUTE *private, CK_ULONG privates, CK_OBJECT_HANDLE *one, CK_OBJECT_HANDLE *other) {
    STRIKES("generate");
    return real->C_GenerateKeyPair(session, mechanism, public, publics, private, privates, one, other);
}

static int load(void) {
    if (real) return 1;
    void *library = dlopen(getenv("SHIM_MODULE") ? getenv("SHIM_MODULE") : "", RTLD_NOW | RTLD_LOCAL);
    CK_RV (*list)(CK_FUNCTION_LIST **) = library ? (CK_RV (*)(CK_FUNCTION_LIST **))dlsym(library, "C_GetFunctionList") : NULL;
    return list && list(&real) == CKR_OK;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
    if (!load()) return CKR_GENERAL_ERROR;
    table = *real;
    table.C_GetFunctionList = C_GetFunctionList;
    table.C_Initialize = shim_Initialize;
    table.C_GetSlotList = shim_GetSlotList;
    table.C_GetTokenInfo = shim_GetTokenInfo;
    table.C_OpenSession = shim_OpenSession;
    table.C_Login = shim_Login;
    table.C_FindObjectsInit = shim_FindObjectsInit;
    table.C_GetAttributeValue = shim_GetAttributeValue;
    table.C_GetSessionInfo = shim_GetSessionInfo;
    table.C_SignInit = shim_SignInit;
    table.C_Sign = shim_Sign;
    table.C_Decrypt = shim_Decrypt;
    table.C_SetPIN = shim_SetPIN;
    table.C_InitPIN = shim_InitPIN;
    table.C_GenerateKeyPair = shim_GenerateKeyPair;
    *list = &table;
    return CKR_OK;
}

/* The one function that callers look up by its own name. */
CK_RV C_InitToken(CK_SLOT_ID slot, CK_UTF8CHAR *pin, CK_ULONG size, CK_UTF8CHAR *label) {
    return load() ? real->C_InitToken(slot, pin, size, label) : CKR_GENERAL_ERROR;
}
