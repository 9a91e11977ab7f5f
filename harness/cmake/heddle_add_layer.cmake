# heddle_add_layer(NAME [OBJECTS] SOURCES <file>... LINK <target>...)
#
# A static library of Heddle's own code, fit to be linked into the shared libraries as well. A layer
# without sources becomes an interface library.
#
# OBJECTS: for layers with hooks, that is files that export functions which stand in for those of
# the C library or of ThreadSanitizer. All objects of the layer are to be had as NAME_objects, for
# the shared libraries: --exclude-libs hides all that comes out of an archive. The archive NAME
# leaves the exporting files out, or the unit tests would run on Heddle's malloc and exit().
include_guard(GLOBAL)

function(heddle_add_layer NAME)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "OBJECTS" "" "SOURCES;LINK")
  if(NOT ARG_SOURCES)
    add_library(${NAME} INTERFACE)
    target_link_libraries(${NAME} INTERFACE heddle_options ${ARG_LINK})
    return()
  endif()
  if(NOT ARG_OBJECTS)
    add_library(${NAME} STATIC ${ARG_SOURCES})
    _heddle_compile_as_layer(${NAME} ${ARG_LINK})
    return()
  endif()

  set(archived "")
  foreach(source IN LISTS ARG_SOURCES)
    # Read again when a file changes: it may begin to export something.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    file(STRINGS "${source}" exports LIMIT_COUNT 1
      REGEX "HEDDLE_EXPORT|visibility\\(\"default\"\\)|\\.globl")
    if(NOT exports)
      list(APPEND archived "${source}")
    endif()
  endforeach()
  if(HEDDLE_SANITIZE)
    # There are no shared libraries then, and a compiler that instruments knows the hooks' names as
    # its own.
    heddle_add_layer(${NAME} SOURCES ${archived} LINK ${ARG_LINK})
    return()
  endif()

  add_library(${NAME}_objects OBJECT ${ARG_SOURCES})
  _heddle_compile_as_layer(${NAME}_objects ${ARG_LINK})
  if(NOT archived)
    add_library(${NAME} INTERFACE)
    target_link_libraries(${NAME} INTERFACE heddle_options ${ARG_LINK})
    return()
  endif()
  set(objects $<TARGET_OBJECTS:${NAME}_objects>)
  list(REMOVE_ITEM ARG_SOURCES ${archived})
  foreach(source IN LISTS ARG_SOURCES)
    get_filename_component(file "${source}" NAME)
    string(REPLACE "." "\\." file "${file}")
    set(objects $<FILTER:${objects},EXCLUDE,/${file}\\.o$>)
  endforeach()
  add_library(${NAME} STATIC ${objects})
  set_target_properties(${NAME} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${NAME} PUBLIC heddle_options ${ARG_LINK})
endfunction()

function(_heddle_compile_as_layer TARGET)
  target_link_libraries(${TARGET} PUBLIC heddle_options ${ARGN})
  # Inline functions are hidden by that as well, but for the standard library's: libheddle.so exports
  # some of those itself (cpp_library/), and one hidden copy would hide them.
  set_target_properties(${TARGET} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden)
endfunction()
