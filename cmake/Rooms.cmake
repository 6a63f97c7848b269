# SPDX-License-Identifier: Apache-2.0
# A room is a folder of .c files that becomes one static library; the folder tree is the architecture.
# frontdesk_room(path library...): target named as the path with '-' for '/'.
function(frontdesk_room path)
  string(REPLACE "/" "-" target ${path})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${path}/*.c)
  if(NOT sources)
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} ${scope} ${ARGN})
endfunction()

# Every tests/unit/<room>/test_<file>.c is one CTest program, linked with the room's library; what else lies there
# (fakes) is linked with each.
function(frontdesk_unit_tests path)
  string(REPLACE "/" "-" target ${path})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${path}/test_*.c)
  file(GLOB helpers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${path}/*.c)
  list(FILTER helpers EXCLUDE REGEX "/test_[^/]*$")
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    set(program unit-${target}-${name})
    add_executable(${program} ${source} ${helpers})
    target_link_libraries(${program} PRIVATE ${target} ${ARGN} PkgConfig::CMOCKA)
    add_test(NAME ${program} COMMAND ${program})
    set_tests_properties(${program} PROPERTIES LABELS unit TIMEOUT 120)
  endforeach()
endfunction()
