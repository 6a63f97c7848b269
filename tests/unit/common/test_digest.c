/* SPDX-License-Identifier: Apache-2.0 */
#include "common/digest.h"

#include <sodium.h>
#include <string.h>

#include "tests/support/test.h"

/* FIPS 180-4's examples, as NIST publishes them. */
static const struct {
    const char *text, *hash;
} examples[] = {
    {"",                                                         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc",                                                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"                                                            },
};

static void the_published_examples(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        uint8_t digest[DIGEST_BYTES];
        char text[2 * DIGEST_BYTES + 1];
        digest_sha256(examples[i].text, strlen(examples[i].text), digest);
        assert_string_equal(sodium_bin2hex(text, sizeof text, digest, sizeof digest), examples[i].hash);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_published_examples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
