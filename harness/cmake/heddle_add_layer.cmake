# heddle_add_layer(NAME [OBJECTS] SOURCES <file>... LINK <target>...)
#
# A static library of Heddle's own code, fit to be linked into the shared libraries as well. A layer
# without sources becomes an interface library.
#
# OBJECTS: for layers with hooks, that is functions that stand in for those of the C library. They
# live in files called *_hooks.cpp. All objects of the layer are to be had as NAME_objects, for the
# shared libraries: --exclude-libs hides all that comes out of an archive. The archive NAME leaves
# the hooks out, or the unit tests would run on Heddle's malloc and pthread_create.
include_guard(GLOBAL)

function(heddle_add_layer NAME)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "OBJECTS" "" "SOURCES;LINK")
  set(archived ${ARG_SOURCES})
  if(ARG_OBJECTS AND ARG_SOURCES)
    add_library(${NAME}_objects OBJECT ${ARG_SOURCES})
    _heddle_compile_as_layer(${NAME}_objects ${ARG_LINK})
    list(FILTER archived EXCLUDE REGEX "_hooks\\.cpp$")
  endif()
  if(NOT archived)
    add_library(${NAME} INTERFACE)
    target_link_libraries(${NAME} INTERFACE heddle_options ${ARG_LINK})
  elseif(ARG_OBJECTS)
    add_library(${NAME} STATIC
      $<FILTER:$<TARGET_OBJECTS:${NAME}_objects>,EXCLUDE,_hooks\\.cpp\\.o$>)
    target_link_libraries(${NAME} PUBLIC heddle_options ${ARG_LINK})
    set_target_properties(${NAME} PROPERTIES LINKER_LANGUAGE CXX)
  else()
    add_library(${NAME} STATIC ${archived})
    _heddle_compile_as_layer(${NAME} ${ARG_LINK})
  endif()
endfunction()

function(_heddle_compile_as_layer TARGET)
  target_link_libraries(${TARGET} PUBLIC heddle_options ${ARGN})
  set_target_properties(${TARGET} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
endfunction()
