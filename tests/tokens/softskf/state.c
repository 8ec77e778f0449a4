/* The folder, its quirks, and what everything else is made with. */
#include "softskf.h"

/* ---- the folder ---- */

const char *home(void) { const char *found = getenv("SOFTSKF_HOME"); return found ? found : "/nonexistent"; }

char *path_of(char *out, const char *folder, const char *name) {
    snprintf(out, LONGEST, "%.3000s/%.900s", folder, name);
    return out;
}

long load(const char *path, BYTE *out, long room) {
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    long count = (long)fread(out, 1, room, file);
    fclose(file);
    return count;
}

int save(const char *path, const void *data, long size) {
    FILE *file = fopen(path, "wb");
    if (!file) return -1;
    int fine = fwrite(data, 1, size, file) == (size_t)size;
    return fclose(file) == 0 && fine ? 0 : -1;
}

int is_there(const char *folder, const char *name) {
    char path[LONGEST];
    return access(path_of(path, folder, name), F_OK) == 0;
}

/* The quirk's value: "" where the word stands alone, what follows its '=', NULL without the word. */
const char *quirk(const char *word) {
    static char words[LONGEST], value[64];
    char path[LONGEST], *rest = words, *each;
    long count = load(path_of(path, home(), "quirks"), (BYTE *)words, sizeof words - 1);
    words[count > 0 ? count : 0] = 0;
    while ((each = strsep(&rest, " \n"))) {
        size_t size = strcspn(each, "=");
        if (strlen(word) == size && !strncmp(each, word, size)) {
            snprintf(value, sizeof value, "%s", each[size] ? each + size + 1 : "");
            return value;
        }
    }
    return NULL;
}

static const char *fault(const char *kind, const char *function) {
    char word[128];
    snprintf(word, sizeof word, "%s:%s", kind, function);
    return quirk(word);
}

/* noise=SEED: one call in ten fails somehow, one answer in ten is rubbish. */
static int is_noisy(void) {
    static int begun;
    const char *seed = quirk("noise");
    if (!seed) return 0;
    if (!begun) { srand((unsigned)atoi(seed)); begun = 1; }
    return rand() % 10 == 0;
}

ULONG entered(const char *function) {
    char path[LONGEST];
    FILE *log = fopen(path_of(path, home(), "log"), "a");
    if (log) { fprintf(log, "%s\n", function); fclose(log); }
    if (quirk("print")) { printf("softskf: %s\n", function); fflush(stdout); }
    const char *value;
    if (fault("crash", function)) *(volatile int *)8 = 1;
    if (fault("hang", function)) for (;;) pause();
    if ((value = fault("slow", function))) usleep(1000 * atoi(value));
    if ((value = fault("fail", function))) return (ULONG)strtoul(value, NULL, 16);
    if (is_noisy()) return rand() % 2 ? 0x0A000000u + (ULONG)(rand() % 0x40) : (ULONG)rand();
    return OK;
}
/* ---- giving out ---- */

ULONG give(BYTE *out, ULONG *size, const void *data, ULONG count) {
    if (out && is_noisy()) {
        for (ULONG at = 0; at < *size; at++) out[at] = (BYTE)rand();
        *size = rand() % 2 ? (ULONG)rand() : *size;
        return OK;
    }
    if (quirk("huge-size")) {
        if (!out) { *size = 0xFFFFFFC2; return OK; }
        if (*size >= count) { memcpy(out, data, count); *size = 0xFFFFFFC2; return OK; }
        *size = 0xFFFFFFC2;
        return FAIL;
    }
    if (!out && quirk("no-null")) return INVALIDPARAM;
    ULONG told = quirk("short-size") && count ? count - 1 : count;
    if (!out) { *size = told; return OK; }
    if (*size < count) { *size = told; return quirk("size-ok") ? OK : BUFFER_TOO_SMALL; }
    memcpy(out, data, count);
    *size = count;
    return OK;
}

ULONG give_names(const char *folder, int (*wanted)(const char *, const char *), LPSTR out, ULONG *size) {
    static char list[1 << 20];
    ULONG count = 0;
    struct dirent **found;
    int number = scandir(folder, &found, NULL, alphasort);
    for (int index = 0; index < number; index++) {
        const char *name = found[index]->d_name;
        if (name[0] != '.' && wanted(folder, name) && count + strlen(name) + 2 < sizeof list) {
            memcpy(list + count, name, strlen(name) + 1);
            count += strlen(name) + 1;
        }
        free(found[index]);
    }
    if (number >= 0) free(found);
    if (!quirk("single-nul") || !count) list[count++] = 0;
    return give((BYTE *)out, size, list, count);
}

int is_any(const char *folder, const char *name) { (void)folder; (void)name; return 1; }

int is_folder(const char *folder, const char *name) {
    char path[LONGEST];
    struct stat status;
    return !stat(path_of(path, folder, name), &status) && S_ISDIR(status.st_mode);
}

int is_present(const char *folder, const char *name) {
    char path[LONGEST];
    return is_folder(folder, name) && !is_there(path_of(path, folder, name), "absent");
}

/* ---- devices ---- */

int read_lines(const char *path, Line *lines, int most) {
    BYTE content[2048];
    long count = load(path, content, sizeof content - 1);
    if (count < 0) return 0;
    content[count] = 0;
    char *rest = (char *)content, *each;
    int number = 0;
    while (number < most && (each = strsep(&rest, "\n"))) snprintf(lines[number++], sizeof(Line), "%s", each);
    return number;
}

static ULONG still_there(const char *device, const char *generation) {
    char path[LONGEST];
    Line info[4] = {{0}};
    if (is_there(device, "absent") || read_lines(path_of(path, device, "info"), info, 4) < 3) return REMOVED;
    return strcmp(info[3], generation) ? INVALIDHANDLE : OK;
}

ULONG opened(HANDLE handle, int kind, Opened **out) {
    Opened *found = handle;
    if (!found || found->kind != kind) return INVALIDHANDLE;
    char device[LONGEST], *end;
    snprintf(device, sizeof device, "%s", found->path);
    for (int up = kind == DEVICE ? 0 : kind == APPLICATION ? 1 : 3; up--; *end = 0) end = strrchr(device, '/');
    *out = found;
    return still_there(device, found->generation);
}

Opened *new_opened(int kind, const char *path, const char *generation, const char *security) {
    Opened *made = calloc(1, sizeof *made);
    made->kind = kind;
    snprintf(made->path, sizeof made->path, "%s", path);
    snprintf(made->generation, sizeof made->generation, "%.63s", generation);
    snprintf(made->security, sizeof made->security, "%s", security);
    return made;
}

/* ---- applications and PINs ---- */

/* The application that is logged in; the state is the device's, not a handle's. */
static char logged_in[16][LONGEST];

char *place_of(const Opened *application) {
    char key[LONGEST];
    snprintf(key, sizeof key, "%.3900s@%.63s", application->security, application->generation);
    for (int index = 0; index < 16; index++)
        if (!strcmp(logged_in[index], key)) return logged_in[index];
    return NULL;
}

void note_login(const Opened *application) {
    for (int index = 0; index < 16 && !place_of(application); index++)
        if (!logged_in[index][0])
            snprintf(logged_in[index], LONGEST, "%.3900s@%.63s", application->security, application->generation);
}

void forget_login(const Opened *application) {
    char *place = place_of(application);
    if (place) place[0] = 0;
}
