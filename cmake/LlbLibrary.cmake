# What is installed as libraries: each of them, of the layers that it is made
# from, as a shared library and as an archive. Both show the public calls and
# hide all else, so that the copies of src/base in two of them, or a program's
# own code from the same .proto files, never meet.
#
# llb_library(NAME
#   EXPORTS pattern   of public names, as ld and objcopy read it
#   LAYERS layer...   whose objects go in
#   NEEDS target...   what the shared one links, privately
#   USES target...)   what it links that its users need as well
#
# makes the targets NAME_shared and NAME_static, both in lib/.
include_guard()

set(LLB_SOVERSION ${PROJECT_VERSION_MAJOR})
set(LLB_LIBRARY_DIR ${CMAKE_BINARY_DIR}/lib)

function(llb_library name)
  cmake_parse_arguments(PARSE_ARGV 1 lib "" "EXPORTS" "LAYERS;NEEDS;USES")
  foreach(layer ${lib_LAYERS})
    list(APPEND objects $<TARGET_OBJECTS:llb_${layer}>)
    list(APPEND targets llb_${layer})
  endforeach()
  string(REGEX REPLACE "^lib" "" short ${name})
  llb_library_shared(${name} ${short})
  llb_library_static(${name} ${short})
endfunction()

# In the scope of llb_library().
function(llb_library_shared name short)
  # The version of each symbol: what a later library adds gets another.
  set(node "LLB_${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
  set(map ${CMAKE_CURRENT_BINARY_DIR}/${name}.map)
  file(CONFIGURE OUTPUT ${map} CONTENT
    "@node@ { global: @lib_EXPORTS@; local: *; };\n" @ONLY)
  add_library(${name}_shared SHARED ${objects})
  target_link_libraries(${name}_shared PRIVATE ${lib_NEEDS} ${lib_USES})
  target_link_options(${name}_shared PRIVATE
    -Wl,--version-script=${map} -Wl,--no-undefined -Wl,--gc-sections
    -Wl,-Bsymbolic-functions -Wl,--as-needed -Wl,--exclude-libs,ALL)
  set_target_properties(${name}_shared PROPERTIES
    OUTPUT_NAME ${short}
    LIBRARY_OUTPUT_DIRECTORY ${LLB_LIBRARY_DIR}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${LLB_SOVERSION}
    LINK_DEPENDS ${map}
    LINKER_LANGUAGE C)
  install(TARGETS ${name}_shared
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# One object, in which what is not public is local. Its sections stay apart,
# so that --gc-sections leaves out what a program does not use.
function(llb_library_static name short)
  set(archive ${LLB_LIBRARY_DIR}/lib${short}.a)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
  add_custom_command(OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${LLB_LIBRARY_DIR}
    COMMAND ${CMAKE_LINKER} -r -o ${object} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --wildcard
            "--keep-global-symbol=${lib_EXPORTS}" ${object}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${CMAKE_AR} qcs ${archive} ${object}
    DEPENDS ${objects} ${targets}
    COMMENT "Making lib${short}.a"
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(${name}_static ALL DEPENDS ${archive})
  install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
