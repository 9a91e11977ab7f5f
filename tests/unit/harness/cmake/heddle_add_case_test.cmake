# cmake -D SOURCE_DIR=... -D BINARY_DIR=... -D CXX=... -D SCENARIO=... -P heddle_add_case_test.cmake
#
# Configures a project of one file that uses heddle_add_case(), with an executable in the place of
# the command, and reads what came out: the list of tests, and the manifest.
set(project "${BINARY_DIR}/${SCENARIO}")
file(REMOVE_RECURSE "${project}")

function(fail)
  message(FATAL_ERROR "${SCENARIO}: " ${ARGV})
endfunction()

# An installed command, which has no list of cases.
string(CONCAT command
  "add_executable(heddle::cli IMPORTED GLOBAL)\n"
  "set_target_properties(heddle::cli PROPERTIES IMPORTED_LOCATION /bin/echo)\n")

# configure(LINE...): sets `status` and `output`.
function(configure)
  list(JOIN ARGN "\n" lines)
  file(WRITE "${project}/case.cpp" "#include <cassert>\nint main() { assert(false); }\n")
  file(WRITE "${project}/CMakeLists.txt"
    "cmake_minimum_required(VERSION 3.25)\n"
    "project(user LANGUAGES CXX)\n"
    "enable_testing()\n"
    "include(\"${SOURCE_DIR}/harness/cmake/heddle_add_case.cmake\")\n"
    "${command}\n"
    "${lines}\n")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${project}" -B "${project}/build"
            -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release
    RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(status "${result}" PARENT_SCOPE)
  set(output "${text}" PARENT_SCOPE)
endfunction()

# Sets OUT to the command of a test after the program's path, joined by blanks.
function(options_of_test OUT NAME)
  execute_process(
    COMMAND "${CMAKE_CTEST_COMMAND}" --show-only=json-v1
    WORKING_DIRECTORY "${project}/build" OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
  string(JSON count LENGTH "${listing}" tests)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON name GET "${listing}" tests ${i} name)
    if(name STREQUAL NAME)
      string(JSON arguments LENGTH "${listing}" tests ${i} command)
      math(EXPR last_argument "${arguments} - 1")
      set(command "")
      foreach(j RANGE 3 ${last_argument})
        string(JSON argument GET "${listing}" tests ${i} command ${j})
        list(APPEND command "${argument}")
      endforeach()
      list(JOIN command " " command)
      set(${OUT} "${command}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  fail("no test is called ${NAME}")
endfunction()

function(expect_options NAME WANTED)
  options_of_test(options ${NAME})
  if(NOT options STREQUAL WANTED)
    fail("${NAME} is run with '${options}' instead of '${WANTED}'")
  endif()
endfunction()

function(expect_configured)
  if(NOT status EQUAL 0)
    fail("did not configure:\n${output}")
  endif()
endfunction()

if(SCENARIO STREQUAL "every_engine_has_a_test_that_expects_a_pass_by_default")
  configure("heddle_add_case(sample case.cpp)")
  expect_configured()
  foreach(engine IN ITEMS stress tsan fuzz relacy)
    expect_options(sample.${engine} "--engine ${engine} --expect pass --budget 240s")
  endforeach()

elseif(SCENARIO STREQUAL "an_engines_own_value_wins_wherever_it_stands")
  configure("heddle_add_case(sample case.cpp"
            "  EXPECT fuzz:fail:lost_wakeup any relacy:fail RUNS stress:7 9 ARGS one two)")
  expect_configured()
  expect_options(sample.stress "--engine stress --expect any --budget 240s --runs 7 -- one two")
  expect_options(sample.fuzz "--engine fuzz --expect fail:lost_wakeup --budget 240s --runs 9 -- one two")
  expect_options(sample.relacy "--engine relacy --expect fail --budget 240s --runs 9 -- one two")

elseif(SCENARIO STREQUAL "a_budget_leaves_time_before_the_timeout")
  configure("heddle_add_case(sample case.cpp TIMEOUT 60 BUDGET stress:7)")
  expect_configured()
  expect_options(sample.stress "--engine stress --expect pass --budget 7s")
  expect_options(sample.fuzz "--engine fuzz --expect pass --budget 48s")

elseif(SCENARIO STREQUAL "leaks_and_stop_at_race_are_for_fuzz_alone")
  configure("heddle_add_case(leaking case.cpp LEAKS)"
            "heddle_add_case(racing case.cpp RUNS 9 STOP_AT_RACE OPTIONS --seed 7 ARGS one)"
            "heddle_add_case(both case.cpp STOP_AT_RACE ENGINES fuzz LEAKS)")
  expect_configured()
  expect_options(leaking.stress "--engine stress --expect pass --budget 240s")
  expect_options(leaking.tsan "--engine tsan --expect pass --budget 240s")
  expect_options(leaking.fuzz "--engine fuzz --expect pass --budget 240s --leaks")
  expect_options(leaking.relacy "--engine relacy --expect pass --budget 240s")
  expect_options(racing.stress "--engine stress --expect pass --budget 240s --runs 9 --seed 7 -- one")
  expect_options(racing.fuzz
    "--engine fuzz --expect pass --budget 240s --runs 9 --stop-at-race --seed 7 -- one")
  expect_options(both.fuzz "--engine fuzz --expect pass --budget 240s --leaks --stop-at-race")

elseif(SCENARIO STREQUAL "an_option_of_fuzz_without_fuzz_stops_the_configuration")
  configure("heddle_add_case(sample case.cpp ENGINES stress tsan LEAKS)")
  if(status EQUAL 0 OR NOT output MATCHES "LEAKS is for the engine fuzz")
    fail("status ${status}, output:\n${output}")
  endif()

elseif(SCENARIO STREQUAL "manifest_names_each_case_and_what_is_expected")
  string(CONCAT command
    "add_executable(heddle_cli case.cpp)\n"
    "set_target_properties(heddle_cli PROPERTIES RUNTIME_OUTPUT_DIRECTORY \"\${CMAKE_BINARY_DIR}/bin\")\n"
    "add_executable(heddle::cli ALIAS heddle_cli)\n")
  configure("heddle_add_case(sample case.cpp EXPECT fail tsan:pass)"
            "heddle_add_case(sample.fixed case.cpp ENGINES fuzz)")
  expect_configured()
  file(READ "${project}/build/share/heddle/cases.json" manifest)
  foreach(check IN ITEMS
      "version=1" "cases,0,name=sample" "cases,0,path=${project}/build/sample"
      "cases,0,sources,0=${project}/case.cpp" "cases,0,expect,tsan=pass"
      "cases,0,expect,fuzz=fail" "cases,1,name=sample.fixed" "cases,1,expect,fuzz=pass")
    string(REGEX MATCH "^([^=]*)=(.*)$" matched "${check}")
    set(wanted "${CMAKE_MATCH_2}")
    string(REPLACE "," ";" path "${CMAKE_MATCH_1}")
    string(JSON value GET "${manifest}" ${path})
    if(NOT value STREQUAL wanted)
      fail("'${path}' is '${value}' instead of '${wanted}' in\n${manifest}")
    endif()
  endforeach()

elseif(SCENARIO STREQUAL "a_folder_without_the_command_stops_the_configuration")
  set(command "")
  configure("heddle_add_case(sample case.cpp)")
  if(status EQUAL 0 OR NOT output MATCHES "there is no heddle::cli")
    fail("status ${status}, output:\n${output}")
  endif()

elseif(SCENARIO STREQUAL "an_unknown_expectation_stops_the_configuration")
  configure("heddle_add_case(sample case.cpp EXPECT fuzz:maybe)")
  if(status EQUAL 0 OR NOT output MATCHES "'maybe' is no expectation")
    fail("status ${status}, output:\n${output}")
  endif()

elseif(SCENARIO STREQUAL "an_unknown_engine_stops_the_configuration")
  configure("heddle_add_case(sample case.cpp ENGINES helgrind)")
  if(status EQUAL 0 OR NOT output MATCHES "no engine is called 'helgrind'")
    fail("status ${status}, output:\n${output}")
  endif()

elseif(SCENARIO STREQUAL "asserts_and_instrumentation_are_on_in_a_release_build")
  configure("heddle_add_case(sample case.cpp)")
  expect_configured()
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${project}/build" --target heddle_cases
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(STRINGS "${project}/build/sample" found REGEX "__tsan_func_entry|__assert_fail")
  foreach(symbol IN ITEMS __tsan_func_entry __assert_fail)
    if(NOT found MATCHES "${symbol}")
      fail("the program has no ${symbol}")
    endif()
  endforeach()

else()
  fail("no such scenario")
endif()
