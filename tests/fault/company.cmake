# SPDX-License-Identifier: Apache-2.0
# Slow desks, strangers, memory, a database that is away, latency, failing calls (promises 6, 10 to 14).

# Preloaded into a server, it makes one call fail (shim.h).
add_library(fault-shim MODULE shim.c)
target_include_directories(fault-shim PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(fault-shim PRIVATE PkgConfig::LIBPQ PkgConfig::LIBUV dl)
set(shim_environment "")
if(FRONTDESK_SANITIZE)
  # Their library must come first, and then memory is its own affair.
  target_compile_options(fault-shim PRIVATE -fno-sanitize=all)
  target_link_options(fault-shim PRIVATE -fno-sanitize=all)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so OUTPUT_VARIABLE sanitizer
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(shim_environment "FRONTDESK_SANITIZER_LIBRARY=${sanitizer}")
endif()

# The rooms that bring company: many bare desks on one loop.
add_library(fault-company STATIC company.c shim_control.c ../bench/samples.c)
target_link_libraries(fault-company PUBLIC fault-support server-request sql m)
target_compile_definitions(fault-company PUBLIC FAULT_SHIM="$<TARGET_FILE:fault-shim>")
add_dependencies(fault-company fault-shim)
foreach(room slow strangers memory away latency sweep)
  add_executable(fault-${room} ${room}.c)
  target_link_libraries(fault-${room} PRIVATE fault-company)
  add_test(NAME fault-${room} COMMAND fault-${room})
  set_tests_properties(fault-${room} PROPERTIES LABELS fault TIMEOUT 600 ENVIRONMENT "${shim_environment}")
endforeach()
# They judge times and memory, which neighbours would take from them and a sanitizer changes.
set_tests_properties(fault-slow fault-strangers fault-latency PROPERTIES RUN_SERIAL TRUE)
foreach(room slow strangers memory away latency sweep)
  set_tests_properties(fault-${room} PROPERTIES LABELS "fault;timed")
endforeach()
