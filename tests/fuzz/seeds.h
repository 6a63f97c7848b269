/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files that make seeds share. */
#ifndef FRONTDESK_TESTS_FUZZ_SEEDS_H
#define FRONTDESK_TESTS_FUZZ_SEEDS_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/bytes.h"

/* As FOLDER/TOPIC/NUMBER. */
void save(const char *folder, const char *topic, size_t number, const struct bytes *seed);
/* A message with a value in each field; of a oneof it has the member with index `chosen`. */
ProtobufCMessage *sample(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, unsigned chosen);
/* make_room_seeds.c */
void save_rooms(const char *folder);

#endif
