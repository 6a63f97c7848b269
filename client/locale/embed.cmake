# SPDX-License-Identifier: Apache-2.0
# Writes the compiled catalogue IN as the C file OUT.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "#include <stddef.h>
extern const unsigned char language_catalogue[];
extern const size_t language_catalogue_bytes;
const unsigned char language_catalogue[] = {
${bytes}0};
const size_t language_catalogue_bytes = sizeof language_catalogue - 1;
")
