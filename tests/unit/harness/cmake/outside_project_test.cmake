# cmake -D SOURCE_DIR=... -D HEDDLE_DIR=... -D BINARY_DIR=... -D CXX=... -D GENERATOR=...
#       -D SCENARIO=... -P outside_project_test.cmake
#
# A small project of somebody else's, which has heddle_add_case() from an installed Heddle or from
# Heddle as a part of its own build: it is configured and built, and its tests are run. HEDDLE_DIR
# is the build folder of the Heddle that is tested.
set(project "${BINARY_DIR}/outside_${SCENARIO}")
file(REMOVE_RECURSE "${project}")
set(build "${project}/build")

# Whoever has these set would not notice that a Heddle cannot do without.
unset(ENV{LD_LIBRARY_PATH})
unset(ENV{CMAKE_PREFIX_PATH})

function(fail)
  message(FATAL_ERROR "${SCENARIO}: " ${ARGV})
endfunction()

# configure(LINE... OPTIONS OPTION...): a project with cases in two folders, whose CMakeLists.txt
# gets Heddle by these lines.
function(configure)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "" "OPTIONS")
  list(JOIN ARG_UNPARSED_ARGUMENTS "\n" lines)
  foreach(name IN ITEMS unlocked_counter mutex_counter)
    file(COPY "${SOURCE_DIR}/cases/data_race/${name}.cpp" DESTINATION "${project}/cases")
  endforeach()
  file(COPY "${SOURCE_DIR}/tests/verdicts/programs/any/leaked_message.cpp"
    DESTINATION "${project}/cases")
  # No run may come to fork(): that would be an error of the search.
  file(WRITE "${project}/cases/fork_after_race.cpp"
    "#include <thread>\n"
    "#include <unistd.h>\n"
    "int counter = 0;\n"
    "int main() {\n"
    "  std::thread first([] { ++counter; });\n"
    "  std::thread second([] { ++counter; });\n"
    "  first.join();\n"
    "  second.join();\n"
    "  return fork() < 0;\n"
    "}\n")
  file(WRITE "${project}/CMakeLists.txt"
    "cmake_minimum_required(VERSION 3.25)\n"
    "project(outside LANGUAGES CXX)\n"
    "enable_testing()\n"
    "add_subdirectory(tools)\n"
    "add_subdirectory(cases)\n")
  file(WRITE "${project}/cases/queue.cpp"
    "static int waiting;\n"
    "void push() { ++waiting; }\n"
    "int size() { return waiting; }\n")
  file(WRITE "${project}/cases/queue_case.cpp"
    "#include <mutex>\n"
    "#include <thread>\n"
    "void push();\n"
    "int size();\n"
    "std::mutex mutex;\n"
    "void locked_push() { std::lock_guard<std::mutex> lock(mutex); push(); }\n"
    "int main() {\n"
    "  std::thread first(locked_push);\n"
    "  std::thread second(locked_push);\n"
    "  first.join();\n"
    "  second.join();\n"
    "  return size() != 2;\n"
    "}\n")
  # In a folder of its own: what it brings must be known in others.
  file(WRITE "${project}/tools/CMakeLists.txt" "${lines}\n")
  file(WRITE "${project}/cases/CMakeLists.txt"
    # As the README has it, for a case with a library.
    "add_compile_options(-g -O1 -fsanitize=thread)\n"
    "add_link_options(-fsanitize=thread)\n"
    "add_library(queue queue.cpp)\n"
    "heddle_add_case(my_queue queue_case.cpp ENGINES fuzz)\n"
    "target_link_libraries(my_queue PRIVATE queue)\n"
    "set_tests_properties(my_queue.fuzz PROPERTIES\n"
    "  PASS_REGULAR_EXPRESSION \"all [0-9]+ interleavings pass\")\n"
    "heddle_add_case(my_race unlocked_counter.cpp\n"
    "  EXPECT fail:data_race stress:any RUNS 200)\n"
    "heddle_add_case(my_counter mutex_counter.cpp RUNS 200)\n"
    "heddle_add_case(my_leak leaked_message.cpp LEAKS\n"
    "  EXPECT pass fuzz:fail:leak RUNS 200)\n"
    "heddle_add_case(my_fork fork_after_race.cpp STOP_AT_RACE\n"
    "  EXPECT fail:data_race ENGINES fuzz RUNS 200)\n")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${project}" -B "${build}"
            -DCMAKE_CXX_COMPILER=${CXX} ${ARG_OPTIONS}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    fail("did not configure:\n${output}")
  endif()
endfunction()

# The tests are those of the cases in their engines, run by this command.
function(expect_tests_with COMMAND)
  execute_process(
    COMMAND "${CMAKE_CTEST_COMMAND}" --show-only=json-v1
    WORKING_DIRECTORY "${build}" OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
  set(names "")
  string(JSON count LENGTH "${listing}" tests)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON name GET "${listing}" tests ${i} name)
    string(JSON command GET "${listing}" tests ${i} command 0)
    list(APPEND names "${name}")
    if(NOT command STREQUAL COMMAND)
      fail("${name} is run by ${command} instead of ${COMMAND}")
    endif()
  endforeach()
  set(wanted my_queue.fuzz)
  foreach(case IN ITEMS my_race my_counter my_leak)
    list(APPEND wanted ${case}.stress ${case}.tsan ${case}.fuzz ${case}.relacy)
  endforeach()
  list(APPEND wanted my_fork.fuzz)
  if(NOT names STREQUAL wanted)
    fail("the tests are ${names}")
  endif()
endfunction()

# build(TARGET...)
function(build)
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${build}" --target ${ARGN}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    fail("did not build:\n${output}")
  endif()
endfunction()

function(expect_tests_pass)
  execute_process(COMMAND "${CMAKE_CTEST_COMMAND}" --output-on-failure
    WORKING_DIRECTORY "${build}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    fail("its tests failed:\n${output}")
  endif()
endfunction()

if(SCENARIO STREQUAL "finds_an_installed_heddle")
  execute_process(COMMAND "${CMAKE_COMMAND}" --install "${HEDDLE_DIR}" --prefix "${project}/first"
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  # An installed Heddle goes by its place, not by where it was installed to.
  file(RENAME "${project}/first" "${project}/prefix")
  configure("find_package(heddle 0.1 REQUIRED)"
    OPTIONS "-DCMAKE_PREFIX_PATH=${project}/prefix")
  expect_tests_with("${project}/prefix/bin/heddle")
  build(all)
  expect_tests_pass()
  # No command would look for the list there.
  if(EXISTS "${build}/share/heddle/cases.json")
    fail("the outside project has a list of cases")
  endif()

elseif(SCENARIO STREQUAL "fetches_heddle_into_its_own_build")
  # Flags of the project that Heddle itself could not be built with.
  configure(
    "include(FetchContent)"
    "add_compile_options(-fsanitize=thread)"
    "FetchContent_Declare(heddle SOURCE_DIR \"${SOURCE_DIR}\")"
    "FetchContent_MakeAvailable(heddle)"
    OPTIONS -DCMAKE_CXX_FLAGS=-fsanitize=thread -DCMAKE_EXPORT_COMPILE_COMMANDS=ON)
  set(inner "${build}/_deps/heddle-build")
  file(STRINGS "${build}/compile_commands.json" instrumented
    REGEX "\"command\".*-fsanitize=thread.*${SOURCE_DIR}/(harness|fuzz)/")
  # But for what is there to be: functions that programs get instrumented.
  list(FILTER instrumented EXCLUDE REGEX "/harness/cpp_library/")
  if(instrumented)
    fail("Heddle itself would be instrumented: ${instrumented}")
  endif()
  # Compiling Heddle a second time takes minutes, so it is only looked at that its build would go
  # ahead; what it would make is there already.
  if(GENERATOR STREQUAL "Ninja")
    load_cache("${build}" READ_WITH_PREFIX outside_ CMAKE_MAKE_PROGRAM)
    execute_process(COMMAND "${outside_CMAKE_MAKE_PROGRAM}" -C "${build}" -t commands heddle_cases
      OUTPUT_VARIABLE steps COMMAND_ERROR_IS_FATAL ANY)
    foreach(made IN ITEMS bin/heddle lib/libheddle.so lib/libheddle-tsan.so)
      if(NOT steps MATCHES " -o _deps/heddle-build/${made} ")
        fail("heddle_cases does not make ${made}:\n${steps}")
      endif()
    endforeach()
  endif()
  file(COPY "${HEDDLE_DIR}/bin/heddle" DESTINATION "${inner}/bin")
  file(COPY "${HEDDLE_DIR}/lib/libheddle.so" "${HEDDLE_DIR}/lib/libheddle-tsan.so"
    DESTINATION "${inner}/lib")
  build(my_queue my_race my_counter my_leak my_fork)
  expect_tests_with("${inner}/bin/heddle")
  expect_tests_pass()
  execute_process(COMMAND "${inner}/bin/heddle" run my_counter --engine fuzz --runs 10
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    fail("the inner command does not know the project's cases by name:\n${output}")
  endif()

else()
  fail("no such scenario")
endif()
