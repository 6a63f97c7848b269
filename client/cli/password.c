/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/password.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/cli/language.h"

static bool read_line(FILE *from, char out[PASSWORD_BYTES]) {
    if (fgets(out, PASSWORD_BYTES, from) == NULL) return false;
    out[strcspn(out, "\r\n")] = '\0';
    return out[0] != '\0';
}

static int from_file(struct cli *cli, const char *path, char out[PASSWORD_BYTES]) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        cli_error(cli, "%s: %s", path, strerror(errno));
        return EXIT_USAGE;
    }
    bool read = read_line(file, out);
    (void)fclose(file);
    if (read) return EXIT_OK;
    cli_error(cli, _("%s has no password in its first line"), path);
    return EXIT_USAGE;
}

static void on_interrupt(int number) {
    (void)number; /* only ends the reading, so that the terminal's echo comes back */
}

/* Without echo. */
static bool read_hidden(FILE *terminal, const struct termios *before, char out[PASSWORD_BYTES]) {
    struct termios quiet = *before;
    struct sigaction interrupt = {.sa_handler = on_interrupt}, kept;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    (void)sigaction(SIGINT, &interrupt, &kept);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &quiet);
    bool read = read_line(terminal, out);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, before);
    (void)sigaction(SIGINT, &kept, NULL);
    return read;
}

static int from_terminal(struct cli *cli, const char *prompt, char out[PASSWORD_BYTES]) {
    FILE *terminal = fopen("/dev/tty", "r+e");
    struct termios before;
    if (terminal == NULL || tcgetattr(fileno(terminal), &before) != 0) {
        if (terminal != NULL) (void)fclose(terminal);
        cli_error(cli, _("no terminal to ask for the password"));
        cli_hint(cli, _("use --password-file FILE or --password-stdin"));
        return EXIT_USAGE;
    }
    (void)fprintf(terminal, "%s", prompt);
    (void)fflush(terminal);
    bool read = read_hidden(terminal, &before, out);
    (void)fprintf(terminal, "\n");
    (void)fclose(terminal);
    return read ? EXIT_OK : EXIT_USAGE;
}

int password_read(struct cli *cli, const char *file, bool from_input, const char *prompt, char out[PASSWORD_BYTES]) {
    if (file != NULL) return from_file(cli, file, out);
    if (!from_input) return from_terminal(cli, prompt, out);
    if (read_line(stdin, out)) return EXIT_OK;
    cli_error(cli, _("no password on the standard input"));
    return EXIT_USAGE;
}

/* Typed twice; a slip of the fingers is asked for again. */
int password_read_new(struct cli *cli, const char *file, bool from_input, char out[PASSWORD_BYTES]) {
    enum { TRIES = 3 };
    int code = EXIT_USAGE;
    if (file != NULL || from_input) return password_read(cli, file, from_input, "", out);
    char again[PASSWORD_BYTES] = "";
    bool same = false;
    for (int i = 0; i < TRIES && !same; i++) {
        code = from_terminal(cli, _("New password (8 characters or more): "), out);
        if (code == EXIT_OK) code = from_terminal(cli, _("Once more: "), again);
        if (code != EXIT_OK) break;
        same = strcmp(out, again) == 0;
        if (!same) cli_error(cli, _("the two are different: nothing was changed"));
    }
    sodium_memzero(again, sizeof again);
    if (code != EXIT_OK || !same) cli_hint(cli, "frontdesk passwd");
    return same ? EXIT_OK : EXIT_USAGE;
}

void password_make(char out[PASSWORD_BYTES]) {
    enum { LENGTH = 16 };
    static const char letters[] = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
    for (int i = 0; i < LENGTH; i++) out[i] = letters[randombytes_uniform(sizeof letters - 1)];
    out[LENGTH] = '\0';
}
