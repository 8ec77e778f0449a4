/* Devices, applications, PINs and files. */
#include "softskf.h"

EXPORT ULONG SKF_EnumDev(BOOL present, LPSTR list, ULONG *size) {
    ENTER("EnumDev");
    char folder[LONGEST];
    return give_names(path_of(folder, home(), "devices"), present ? is_present : is_folder, list, size);
}

EXPORT ULONG SKF_ConnectDev(LPSTR name, HANDLE *out) {
    ENTER("ConnectDev");
    char folder[LONGEST], path[LONGEST], info_path[LONGEST];
    Line info[4] = {{0}};
    path_of(path, path_of(folder, home(), "devices"), name);
    if (read_lines(path_of(info_path, path, "info"), info, 4) < 3 || is_there(path, "absent")) return REMOVED;
    *out = new_opened(DEVICE, path, info[3], "");
    return OK;
}

EXPORT ULONG SKF_DisConnectDev(HANDLE device) {
    ENTER("DisConnectDev");
    Opened *found;
    TRY(opened(device, DEVICE, &found));
    found->kind = 0;
    return OK;
}

EXPORT ULONG SKF_GetDevInfo(HANDLE device, DEVINFO *out) {
    ENTER("GetDevInfo");
    Opened *found;
    char path[LONGEST];
    Line info[4] = {{0}};
    TRY(opened(device, DEVICE, &found));
    read_lines(path_of(path, found->path, "info"), info, 4);
    DEVINFO told = {.Version = {1, 0}, .AlgSymCap = 0x400, .AlgAsymCap = 0x20700, .AlgHashCap = 1, .MaxBufferSize = 4096};
    memcpy(told.SerialNumber, info[0], strnlen(info[0], 32));
    memcpy(told.Label, info[1], strnlen(info[1], 32));
    memcpy(told.Manufacturer, info[2], strnlen(info[2], 64));
    memcpy(out, &told, sizeof told);
    if (quirk("devinfo-296")) {
        memset((BYTE *)out + 198, 0, 2);
        memcpy((BYTE *)out + 200, (BYTE *)&told + 198, 96);
    }
    return OK;
}

EXPORT ULONG SKF_LockDev(HANDLE device, ULONG milliseconds) {
    ENTER("LockDev");
    Opened *found;
    (void)milliseconds;
    return opened(device, DEVICE, &found);
}

EXPORT ULONG SKF_UnlockDev(HANDLE device) {
    ENTER("UnlockDev");
    Opened *found;
    return opened(device, DEVICE, &found);
}

/* ---- applications and PINs ---- */

EXPORT ULONG SKF_EnumApplication(HANDLE device, LPSTR list, ULONG *size) {
    ENTER("EnumApplication");
    Opened *found;
    TRY(opened(device, DEVICE, &found));
    return give_names(found->path, is_folder, list, size);
}

EXPORT ULONG SKF_OpenApplication(HANDLE device, LPSTR name, HANDLE *out) {
    ENTER("OpenApplication");
    Opened *found;
    char path[LONGEST];
    TRY(opened(device, DEVICE, &found));
    if (!is_folder(found->path, name)) return NO_APPLICATION;
    path_of(path, found->path, name);
    *out = new_opened(APPLICATION, path, found->generation, path);
    return OK;
}

EXPORT ULONG SKF_CloseApplication(HANDLE application) {
    ENTER("CloseApplication");
    Opened *found;
    TRY(opened(application, APPLICATION, &found));
    found->kind = 0;
    return OK;
}

typedef struct { Line lines[5]; int most, left[2]; } Pins; /* left: admin, user, by PIN type */

static ULONG load_pins(const Opened *application, Pins *out) {
    char path[LONGEST];
    if (read_lines(path_of(path, application->path, "pins"), out->lines, 5) < 5) return FAIL;
    out->most = atoi(out->lines[2]);
    out->left[1] = atoi(out->lines[3]);
    out->left[0] = atoi(out->lines[4]);
    return OK;
}

static void save_pins(const Opened *application, const Pins *pins) {
    char path[LONGEST], content[1024];
    int count = snprintf(content, sizeof content, "%s\n%s\n%d\n%d\n%d\n", pins->lines[0], pins->lines[1], pins->most,
                         pins->left[1], pins->left[0]);
    save(path_of(path, application->path, "pins"), content, count);
}

static ULONG judged(const Opened *application, Pins *pins, ULONG type, const char *pin, ULONG *left) {
    if (type > 1) return USER_TYPE;
    if (strlen(pin) < 6 || strlen(pin) > 16) return PIN_LENGTH;
    int untouched = quirk("retry-untouched") != NULL, foreign = quirk("foreign-errors") != NULL;
    if (pins->left[type] <= 0) {
        if (!untouched) *left = 0;
        return foreign ? FOREIGN_PIN : PIN_LOCKED;
    }
    if (strcmp(pin, pins->lines[type ? 0 : 1])) {
        pins->left[type]--;
        save_pins(application, pins);
        if (!untouched) *left = pins->left[type];
        return foreign ? FOREIGN_PIN : PIN_INCORRECT;
    }
    if (!untouched) *left = 0xDEAD; /* without a meaning after success */
    pins->left[type] = pins->most;
    save_pins(application, pins);
    return OK;
}

EXPORT ULONG SKF_GetPINInfo(HANDLE application, ULONG type, ULONG *most, ULONG *left, BOOL *initial) {
    ENTER("GetPINInfo");
    Opened *found;
    Pins pins;
    TRY(opened(application, APPLICATION, &found));
    TRY(load_pins(found, &pins));
    if (type > 1) return USER_TYPE;
    *most = pins.most;
    *left = pins.left[type];
    *initial = 0;
    return OK;
}

EXPORT ULONG SKF_VerifyPIN(HANDLE application, ULONG type, LPSTR pin, ULONG *left) {
    ENTER("VerifyPIN");
    Opened *found;
    Pins pins;
    TRY(opened(application, APPLICATION, &found));
    TRY(load_pins(found, &pins));
    if (quirk("already") && is_there(found->path, "other-program")) return ALREADY;
    TRY(judged(found, &pins, type, pin, left));
    if (type == 1) note_login(found);
    return OK;
}

EXPORT ULONG SKF_ChangePIN(HANDLE application, ULONG type, LPSTR old, LPSTR new, ULONG *left) {
    ENTER("ChangePIN");
    Opened *found;
    Pins pins;
    TRY(opened(application, APPLICATION, &found));
    TRY(load_pins(found, &pins));
    if (strlen(new) < 6 || strlen(new) > 16) return PIN_LENGTH;
    TRY(judged(found, &pins, type, old, left));
    snprintf(pins.lines[type ? 0 : 1], sizeof(Line), "%s", new);
    save_pins(found, &pins);
    return OK;
}

EXPORT ULONG SKF_UnblockPIN(HANDLE application, LPSTR admin, LPSTR new, ULONG *left) {
    ENTER("UnblockPIN");
    Opened *found;
    Pins pins;
    TRY(opened(application, APPLICATION, &found));
    TRY(load_pins(found, &pins));
    if (strlen(new) < 6 || strlen(new) > 16) return PIN_LENGTH;
    TRY(judged(found, &pins, 0, admin, left));
    snprintf(pins.lines[0], sizeof(Line), "%s", new);
    pins.left[1] = pins.most;
    save_pins(found, &pins);
    return OK;
}

EXPORT ULONG SKF_ClearSecureState(HANDLE application) {
    ENTER("ClearSecureState");
    Opened *found;
    char path[LONGEST];
    TRY(opened(application, APPLICATION, &found));
    forget_login(found);
    unlink(path_of(path, found->path, "other-program"));
    return OK;
}

/* ---- files ---- */

typedef struct { ULONG size, read, write; } Rights;

static char *file_path(const Opened *application, const char *name, char *out) {
    char folder[LONGEST];
    return path_of(out, path_of(folder, application->path, "files"), name);
}

static ULONG load_file(const Opened *application, const char *name, Rights *rights, BYTE **content) {
    char path[LONGEST];
    FILE *file = fopen(file_path(application, name, path), "rb");
    if (!file) return NO_FILE;
    if (fread(rights, sizeof *rights, 1, file) != 1) { fclose(file); return FAIL; }
    if (content) {
        *content = calloc(1, rights->size + 1);
        if (fread(*content, 1, rights->size, file) != rights->size) { fclose(file); return FAIL; }
    }
    fclose(file);
    return OK;
}

ULONG allowed(const Opened *application, ULONG rights) {
    return rights == 0xFF || place_of(application) ? OK : NOT_LOGGED_IN;
}

EXPORT ULONG SKF_EnumFiles(HANDLE application, LPSTR list, ULONG *size) {
    ENTER("EnumFiles");
    Opened *found;
    char folder[LONGEST];
    TRY(opened(application, APPLICATION, &found));
    return give_names(path_of(folder, found->path, "files"), is_any, list, size);
}

EXPORT ULONG SKF_GetFileInfo(HANDLE application, LPSTR name, FILEATTRIBUTE *out) {
    ENTER("GetFileInfo");
    Opened *found;
    Rights rights;
    TRY(opened(application, APPLICATION, &found));
    TRY(load_file(found, name, &rights, NULL));
    memset(out, 0, sizeof *out);
    memcpy(out->FileName, name, strnlen(name, 32));
    out->FileSize = rights.size;
    out->ReadRights = rights.read;
    out->WriteRights = rights.write;
    return OK;
}

EXPORT ULONG SKF_ReadFile(HANDLE application, LPSTR name, ULONG offset, ULONG count, BYTE *out, ULONG *size) {
    ENTER("ReadFile");
    Opened *found;
    Rights rights;
    BYTE *content;
    TRY(opened(application, APPLICATION, &found));
    TRY(load_file(found, name, &rights, &content));
    ULONG result = allowed(found, rights.read);
    if (!result) {
        ULONG there = offset < rights.size ? rights.size - offset : 0;
        result = give(out, size, content + (there ? offset : 0), count < there ? count : there);
    }
    free(content);
    return result;
}

EXPORT ULONG SKF_CreateFile(HANDLE application, LPSTR name, ULONG size, ULONG read, ULONG write) {
    ENTER("CreateFile");
    Opened *found;
    Rights rights;
    char path[LONGEST];
    TRY(opened(application, APPLICATION, &found));
    if (strlen(name) > 32) return NAMELEN;
    TRY(allowed(found, 0));
    if (load_file(found, name, &rights, NULL) == OK) return FILE_EXISTS;
    BYTE *content = calloc(1, sizeof rights + size);
    memcpy(content, &(Rights){size, read, write}, sizeof rights);
    int saved = save(file_path(found, name, path), content, sizeof rights + size);
    free(content);
    return saved ? FAIL : OK;
}

EXPORT ULONG SKF_WriteFile(HANDLE application, LPSTR name, ULONG offset, BYTE *data, ULONG size) {
    ENTER("WriteFile");
    Opened *found;
    Rights rights;
    char path[LONGEST];
    TRY(opened(application, APPLICATION, &found));
    TRY(load_file(found, name, &rights, NULL));
    TRY(allowed(found, rights.write));
    /* fail-size=N: a file of that size takes no second piece. */
    if (offset && quirk("fail-size") && rights.size == (ULONG)atoi(quirk("fail-size"))) return FAIL;
    if (offset > rights.size || size > rights.size - offset) return INDATA;
    FILE *file = fopen(file_path(found, name, path), "r+b");
    if (!file) return FAIL;
    fseek(file, (long)(sizeof rights + offset), SEEK_SET);
    int fine = fwrite(data, 1, size, file) == size;
    return fclose(file) == 0 && fine ? OK : FAIL;
}

EXPORT ULONG SKF_DeleteFile(HANDLE application, LPSTR name) {
    ENTER("DeleteFile");
    Opened *found;
    Rights rights;
    char path[LONGEST];
    TRY(opened(application, APPLICATION, &found));
    TRY(load_file(found, name, &rights, NULL));
    TRY(allowed(found, rights.write));
    return unlink(file_path(found, name, path)) ? FAIL : OK;
}
