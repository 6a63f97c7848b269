/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate a server makes for itself at its first start. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/tls.h"

enum { NAME_LIMIT_BYTES = 64 /* X.520 ub-common-name */, DAYS = 3650, SERIAL_BYTES = 16 };

static bool set_serial(X509 *certificate) {
    uint8_t random[SERIAL_BYTES];
    if (RAND_bytes(random, sizeof random) != 1) return false;
    random[0] &= 0x7f; /* positive, RFC 5280 4.1.2.2 */
    random[0] |= 0x40; /* never with leading zeros */
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    bool set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool add_extension(X509 *certificate, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

/* The name becomes part of an extension's text: only what a host name or address has. */
static bool name_valid(const char *name) {
    size_t length = strlen(name);
    return length > 0 && length <= NAME_LIMIT_BYTES &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:") == length;
}

static bool add_alternative_name(X509 *certificate, const char *name) {
    char value[NAME_LIMIT_BYTES + 8];
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(name);
    (void)snprintf(value, sizeof value, "%s:%s", address != NULL ? "IP" : "DNS", name);
    ASN1_OCTET_STRING_free(address);
    return add_extension(certificate, NID_subject_alt_name, value);
}

static X509 *make(EVP_PKEY *key, const char *name) {
    X509 *certificate = X509_new();
    if (certificate == NULL) return NULL;
    X509_NAME *subject = X509_get_subject_name(certificate);
    bool made = X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
                X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0) == 1 &&
                X509_set_issuer_name(certificate, subject) == 1 &&
                X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != NULL &&
                X509_time_adj_ex(X509_getm_notAfter(certificate), DAYS, 0, NULL) != NULL &&
                X509_set_pubkey(certificate, key) == 1 &&
                add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                add_alternative_name(certificate, name) && X509_sign(certificate, key, EVP_sha256()) > 0;
    if (made) return certificate;
    X509_free(certificate);
    return NULL;
}

/* Whole or not at all: written beside, then renamed. */
static bool write_file(const char *path, mode_t mode, const void *item, bool (*write)(FILE *, const void *)) {
    char beside[4096];
    int length = snprintf(beside, sizeof beside, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof beside) {
        errno = ENAMETOOLONG;
        return false;
    }
    (void)unlink(beside); /* what an earlier attempt left may have another mode */
    int descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) return false;
    FILE *file = fdopen(descriptor, "w");
    if (file == NULL) {
        (void)close(descriptor);
        return false;
    }
    bool written = write(file, item) && fflush(file) == 0 && fsync(descriptor) == 0;
    written = fclose(file) == 0 && written;
    written = written && rename(beside, path) == 0;
    if (written) return true;
    int error = errno; /* for the caller's sentence */
    (void)unlink(beside);
    errno = error;
    return false;
}

static bool write_key(FILE *file, const void *item) {
    return PEM_write_PKCS8PrivateKey(file, item, NULL, NULL, 0, NULL, NULL) == 1;
}

static bool write_certificate(FILE *file, const void *item) {
    return PEM_write_X509(file, item) == 1;
}

enum status tls_make_certificate(const char *certificate_path, const char *key_path, const char *name, char *why) {
    if (!name_valid(name)) {
        (void)snprintf(why, WHY_BYTES, "a certificate cannot be made for this name: use a host name or address");
        return STATUS_INVALID;
    }
    ERR_clear_error();
    enum status status = STATUS_INVALID;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key != NULL ? make(key, name) : NULL;
    if (certificate == NULL)
        (void)snprintf(why, WHY_BYTES, "OpenSSL cannot make a P-256 certificate");
    else if (!write_file(key_path, 0600, key, write_key))
        (void)snprintf(why, WHY_BYTES, "cannot write the key %.120s: %s", key_path, strerror(errno));
    else if (!write_file(certificate_path, 0644, certificate, write_certificate))
        (void)snprintf(why, WHY_BYTES, "cannot write the certificate %.120s: %s", certificate_path, strerror(errno));
    else
        status = STATUS_OK;
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return status;
}
