# SPDX-License-Identifier: Apache-2.0
# What the journal promises (promises 1 to 5): each room drives real processes and proves one of them, in full by
# tests/fault/run.sh.

# The server with one protection taken away, named by FRONTDESK_BREAK (server/journal/broken.h): the rooms' controls
# must catch it. Never installed.
file(GLOB broken CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server/*.c ${CMAKE_SOURCE_DIR}/server/journal/*.c)
add_executable(frontdeskd-broken ${broken})
target_compile_definitions(frontdeskd-broken PRIVATE FRONTDESK_BROKEN)
get_target_property(rooms frontdeskd LINK_LIBRARIES)
target_link_libraries(frontdeskd-broken PRIVATE ${rooms})

add_library(fault-support STATIC room.c ../support/cluster.c ../support/proxy.c ../support/standby.c)
target_compile_definitions(fault-support PUBLIC FRONTDESKD_BROKEN="$<TARGET_FILE:frontdeskd-broken>")
target_link_libraries(fault-support PUBLIC tests-support server-database PkgConfig::LIBUV PkgConfig::CMOCKA)
add_dependencies(fault-support frontdeskd-broken)

foreach(room durable once complete resume history)
  add_executable(fault-${room} ${room}.c)
  target_link_libraries(fault-${room} PRIVATE fault-support server-request sql)
  add_test(NAME fault-${room} COMMAND fault-${room})
  set_tests_properties(fault-${room} PROPERTIES LABELS fault TIMEOUT 600)
endforeach()
# The room judges frames before the client library does.
target_link_options(fault-complete PRIVATE -Wl,--wrap=subscriptions_on_event)
