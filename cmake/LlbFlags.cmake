# How our own code is compiled. Generated code (protobuf-c) links
# llb_sanitize only, so that its warnings are not ours.

add_library(llb_sanitize INTERFACE)
if(LLB_SANITIZE)
  set(flags -fsanitize=address,undefined -fno-sanitize-recover=undefined
            -fno-omit-frame-pointer)
elseif(LLB_TSAN)
  set(flags -fsanitize=thread -fno-omit-frame-pointer)
endif()
if(LLB_FUZZ)
  list(APPEND flags -fsanitize=fuzzer-no-link)
endif()
if(LLB_COVERAGE)
  list(APPEND flags --coverage)
endif()
target_compile_options(llb_sanitize INTERFACE ${flags})
target_link_options(llb_sanitize INTERFACE ${flags})

add_library(llb_flags INTERFACE)
target_link_libraries(llb_flags INTERFACE llb_sanitize)
target_compile_definitions(llb_flags INTERFACE _GNU_SOURCE)
target_compile_options(llb_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wswitch -Wstrict-prototypes
  -Wmissing-prototypes -ffunction-sections -fdata-sections)

# llb_layer(NAME uses...): the library of src/NAME from all its sources. Its
# own folder and include/ are what those that link it see.
function(llb_layer name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  if(NOT sources)
    return()
  endif()
  add_library(llb_${name} STATIC ${sources})
  target_include_directories(llb_${name} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(llb_${name} PRIVATE llb_flags)
  target_link_libraries(llb_${name} PUBLIC ${ARGN})
endfunction()
