# SPDX-License-Identifier: Apache-2.0
# For the controls: the same server, but two of them may store the same change twice.
set(unguarded ${CMAKE_CURRENT_BINARY_DIR}/unguarded)
file(GLOB_RECURSE statements CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server/sql/queries/*.sql
     ${CMAKE_SOURCE_DIR}/server/sql/schema/*.sql)
add_custom_command(
  OUTPUT ${unguarded}/queries.c
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/unguard.py ${CMAKE_SOURCE_DIR}/server/sql
          ${unguarded}/sql
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/server/sql/embed.py ${unguarded}/sql ${unguarded}
  DEPENDS ${statements} unguard.py ${CMAKE_SOURCE_DIR}/server/sql/embed.py)
get_target_property(server_sources frontdeskd SOURCES)
list(TRANSFORM server_sources PREPEND "${CMAKE_SOURCE_DIR}/server/" REGEX "^[^/]")
add_executable(frontdeskd-unguarded ${server_sources} ${unguarded}/queries.c)
target_link_libraries(frontdeskd-unguarded PRIVATE server-network server-timers server-journal sql)

# A wall clock that goes wrong on command.
add_library(clock-shift MODULE clock_shift.c)

foreach(name test_timers test_acknowledge)
  target_compile_definitions(fault-${name} PRIVATE UNGUARDED_PROGRAM="$<TARGET_FILE:frontdeskd-unguarded>"
                                                   CLOCK_SHIFT="$<TARGET_FILE:clock-shift>")
  add_dependencies(fault-${name} frontdeskd-unguarded clock-shift)
endforeach()
