# find_package(heddle): the command as the target heddle::cli, and heddle_add_case().
include("${CMAKE_CURRENT_LIST_DIR}/heddleTargets.cmake")

# For all folders: heddle_add_case(), a function, is known in all of them too.
get_target_property(_heddle_is_global heddle::cli IMPORTED_GLOBAL)
if(NOT _heddle_is_global)
  set_target_properties(heddle::cli PROPERTIES IMPORTED_GLOBAL ON)
endif()
unset(_heddle_is_global)

include("${CMAKE_CURRENT_LIST_DIR}/heddle_add_case.cmake")
