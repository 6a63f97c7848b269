# SPDX-License-Identifier: Apache-2.0
# Deadlines and acknowledgements (promises 7 and 8): every test_*.c with a caseload.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

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
file(GLOB server_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server/*.c)
add_executable(frontdeskd-unguarded ${server_sources} ${unguarded}/queries.c)
get_target_property(rooms frontdeskd LINK_LIBRARIES)
target_link_libraries(frontdeskd-unguarded PRIVATE ${rooms})

# A wall clock that goes wrong on command.
add_library(clock-shift MODULE clock_shift.c)

file(GLOB tests CONFIGURE_DEPENDS test_*.c)
foreach(source ${tests})
  get_filename_component(name ${source} NAME_WE)
  add_executable(fault-${name} ${source} caseload.c)
  target_compile_definitions(fault-${name} PRIVATE UNGUARDED_PROGRAM="$<TARGET_FILE:frontdeskd-unguarded>"
                                                   CLOCK_SHIFT="$<TARGET_FILE:clock-shift>")
  target_link_libraries(fault-${name} PRIVATE tests-support)
  add_dependencies(fault-${name} frontdeskd-unguarded clock-shift)
  add_test(NAME fault-${name} COMMAND fault-${name})
  set_tests_properties(fault-${name} PROPERTIES LABELS fault TIMEOUT 600)
endforeach()
