# heddle_add_case(NAME <source>...
#   [EXPECT <expectation>...]   what each engine finds; default: pass
#   [ENGINES <engine>...]       stress, tsan, fuzz, relacy; default: all four
#   [RUNS <runs>...]            as in --runs; default: what `heddle run` does unasked
#   [LEAKS]                     fuzz: --leaks, memory that nothing leads to is a failure
#   [STOP_AT_RACE]              fuzz: --stop-at-race, a run ends at its first data race
#   [OPTIONS <option>...]       more options of `heddle run`, for all engines
#   [ARGS <argument>...]        arguments of the program
#   [BUDGET <seconds>...]       what a search may take at most; default: four fifths of TIMEOUT
#   [TIMEOUT <seconds>])        of each test; default: 300
#
# An executable NAME, built with -g -O1 -fsanitize=thread and with assert() on, and a CTest test
# NAME.<engine> for each engine, labelled with the engine's name; the target heddle_cases builds all
# cases:
#
#   heddle run <path of NAME> --engine <engine> --expect <expectation>
#
# An expectation is `pass`, `fail`, `fail:<kind>` or `any`. A kind is an enumerator of FailureKind in
# harness/model/outcome.h, such as lost_wakeup. Alone it holds for all engines; after an engine's
# name and a colon for that engine, wherever it stands in the list. RUNS and BUDGET work the same way:
#
#   heddle_add_case(queue queue.cpp
#     EXPECT pass fuzz:fail:lost_wakeup stress:any
#     RUNS 1000 fuzz:20000)
#
# A search that has used up its budget, on a busy machine or since runs hang, reports the runs that
# it has made; CTest, at TIMEOUT, would leave nothing of them.
#
# Nothing here that could not be written by hand with add_executable() and add_test(). Other projects
# have it from find_package(heddle), or from FetchContent, and call enable_testing() themselves.
include_guard(GLOBAL)

# Sets OUT to the value of ENGINE in a list of `value` and `engine:value`; DEFAULT if there is none.
function(_heddle_for_engine OUT ENGINE DEFAULT)
  set(value "${DEFAULT}")
  foreach(item IN LISTS ARGN)
    if(NOT item MATCHES "^(stress|tsan|fuzz|relacy):")
      set(value "${item}")
    endif()
  endforeach()
  foreach(item IN LISTS ARGN)
    if(item MATCHES "^${ENGINE}:(.+)$")
      set(value "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(${OUT} "${value}" PARENT_SCOPE)
endfunction()

# clang links ThreadSanitizer statically unless told otherwise, and then nothing can take its place.
# The shared one is found neither by the linker's nor by the loader's defaults.
function(_heddle_link_shared_tsan TARGET)
  target_link_options(${TARGET} PRIVATE -fsanitize=thread)
  set(language CXX)
  if(NOT CMAKE_CXX_COMPILER_ID)
    set(language C)  # a project in C alone
  endif()
  if(NOT CMAKE_${language}_COMPILER_ID MATCHES "Clang")
    return()
  endif()
  if(NOT DEFINED CACHE{HEDDLE_CLANG_RUNTIME_DIR})
    foreach(name IN ITEMS libclang_rt.tsan-x86_64.so libclang_rt.tsan.so)
      execute_process(
        COMMAND "${CMAKE_${language}_COMPILER}" -print-file-name=${name}
        OUTPUT_VARIABLE library OUTPUT_STRIP_TRAILING_WHITESPACE)
      if(EXISTS "${library}")
        get_filename_component(directory "${library}" DIRECTORY)
        set(HEDDLE_CLANG_RUNTIME_DIR "${directory}" CACHE INTERNAL "Folder of clang's libraries")
        break()
      endif()
    endforeach()
    if(NOT DEFINED CACHE{HEDDLE_CLANG_RUNTIME_DIR})
      message(FATAL_ERROR "heddle_add_case: ${CMAKE_${language}_COMPILER} has no shared ThreadSanitizer "
                          "(libclang_rt.tsan-x86_64.so; Debian: libclang-rt-<version>-dev).")
    endif()
  endif()
  # The new kind of run path, since the old kind would win over the library path that `heddle run`
  # sets.
  target_link_options(${TARGET} PRIVATE
    -shared-libsan "-Wl,-rpath,${HEDDLE_CLANG_RUNTIME_DIR}" -Wl,--enable-new-dtags)
endfunction()

function(heddle_add_case NAME)
  cmake_parse_arguments(PARSE_ARGV 1 ARG
    "LEAKS;STOP_AT_RACE" "TIMEOUT" "EXPECT;ENGINES;RUNS;BUDGET;OPTIONS;ARGS")
  if(NOT ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "heddle_add_case(${NAME}): no sources.")
  endif()
  if(NOT TARGET heddle::cli)
    # Without the command there would be no tests, and nobody would notice.
    message(FATAL_ERROR "heddle_add_case(${NAME}): there is no heddle::cli; "
                        "call find_package(heddle) in this folder or above.")
  endif()
  # Here and not in the file: whoever calls this from another folder has none of that folder's
  # variables.
  set(all_engines stress tsan fuzz relacy)
  if(NOT ARG_ENGINES)
    set(ARG_ENGINES ${all_engines})
  endif()
  set(fuzz_options "")
  foreach(option IN ITEMS LEAKS STOP_AT_RACE)
    if(NOT ARG_${option})
      continue()
    endif()
    if(NOT fuzz IN_LIST ARG_ENGINES)
      # Else it would look as if somebody had looked for it.
      message(FATAL_ERROR "heddle_add_case(${NAME}): ${option} is for the engine fuzz, "
                          "which is not among its ENGINES.")
    endif()
    string(TOLOWER "--${option}" option)
    string(REPLACE "_" "-" option "${option}")
    list(APPEND fuzz_options ${option})
  endforeach()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  math(EXPR default_budget "${ARG_TIMEOUT} * 4 / 5")

  add_executable(${NAME} ${ARG_UNPARSED_ARGUMENTS})
  # Last on the command line, so they win over those of the build type: asserts are the case's
  # verdict, and at higher levels compilers merge the very accesses that race.
  target_compile_options(${NAME} PRIVATE -g -O1 -fsanitize=thread -UNDEBUG
    # Or accesses to parts of local variables are left out; and Heddle is to know that they are not.
    $<$<OR:$<COMPILE_LANG_AND_ID:CXX,Clang>,$<COMPILE_LANG_AND_ID:C,Clang>>:-grecord-command-line>
    "$<$<OR:$<COMPILE_LANG_AND_ID:CXX,Clang>,$<COMPILE_LANG_AND_ID:C,Clang>>:SHELL:-mllvm -capture-tracking-max-uses-to-explore=0>")
  find_package(Threads REQUIRED)
  target_link_libraries(${NAME} PRIVATE Threads::Threads)
  _heddle_link_shared_tsan(${NAME})
  if(NOT TARGET heddle_cases)
    add_custom_target(heddle_cases)
    # Where Heddle is part of the build, and perhaps not of its target `all`.
    add_dependencies(heddle_cases heddle::cli)
  endif()
  add_dependencies(heddle_cases ${NAME})

  set(expectations "")
  foreach(engine IN LISTS ARG_ENGINES)
    if(NOT engine IN_LIST all_engines)
      message(FATAL_ERROR "heddle_add_case(${NAME}): no engine is called '${engine}'; "
                          "there are ${all_engines}.")
    endif()
    _heddle_for_engine(expectation ${engine} pass ${ARG_EXPECT})
    if(NOT expectation MATCHES "^(pass|any|fail(:[a-z_]+)?)$")
      message(FATAL_ERROR "heddle_add_case(${NAME}): '${expectation}' is no expectation; "
                          "write pass, fail, fail:<kind> or any, or <engine>: before one of these.")
    endif()
    list(APPEND expectations "\"${engine}\": \"${expectation}\"")

    _heddle_for_engine(runs ${engine} "" ${ARG_RUNS})
    _heddle_for_engine(budget ${engine} ${default_budget} ${ARG_BUDGET})
    set(options --engine ${engine} --expect ${expectation} --budget ${budget}s)
    if(runs)
      list(APPEND options --runs ${runs})
    endif()
    if(engine STREQUAL "fuzz")
      list(APPEND options ${fuzz_options})
    endif()
    list(APPEND options ${ARG_OPTIONS})
    if(ARG_ARGS)
      list(APPEND options -- ${ARG_ARGS})
    endif()
    add_test(NAME ${NAME}.${engine}
      COMMAND heddle::cli run $<TARGET_FILE:${NAME}> ${options})
    set_tests_properties(${NAME}.${engine} PROPERTIES LABELS ${engine} TIMEOUT ${ARG_TIMEOUT})
    if(engine MATCHES "^(stress|tsan)$")
      # Real threads want real processors; two, so that races have a chance beside other tests.
      set_tests_properties(${NAME}.${engine} PROPERTIES PROCESSORS 2)
    endif()
  endforeach()

  set(sources "")
  foreach(source IN LISTS ARG_UNPARSED_ARGUMENTS)
    get_filename_component(source "${source}" ABSOLUTE)
    list(APPEND sources "\"${source}\"")
  endforeach()
  list(JOIN sources ", " sources)
  list(JOIN expectations ", " expectations)
  string(CONCAT entry
    "    {\"name\": \"${NAME}\",\n"
    "     \"path\": \"$<TARGET_FILE:${NAME}>\",\n"
    "     \"sources\": [${sources}],\n"
    "     \"expect\": {${expectations}}}")
  set_property(GLOBAL APPEND PROPERTY HEDDLE_CASES "${entry}")

  get_property(scheduled GLOBAL PROPERTY HEDDLE_MANIFEST_SCHEDULED)
  if(NOT scheduled)
    set_property(GLOBAL PROPERTY HEDDLE_MANIFEST_SCHEDULED ON)
    # When all folders have added their cases.
    cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL _heddle_write_manifest)
  endif()
endfunction()

# The list by which `heddle run NAME` finds built cases, at its place relative to the command:
# bin/heddle, share/heddle/cases.json. An installed command serves many projects and knows the cases
# of none: there, cases are run by their path.
function(_heddle_write_manifest)
  get_target_property(installed heddle::cli IMPORTED)
  if(installed)
    return()
  endif()
  get_property(cases GLOBAL PROPERTY HEDDLE_CASES)
  list(JOIN cases ",\n" cases)
  file(GENERATE OUTPUT "$<TARGET_FILE_DIR:heddle::cli>/../share/heddle/cases.json"
    CONTENT "{\n  \"version\": 1,\n  \"cases\": [\n${cases}\n  ]\n}\n")
endfunction()
