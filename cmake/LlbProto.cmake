# llb_proto(NAME): a static library of the C that protoc-c makes of all files
# in proto/. It is compiled without our warnings, since nobody reads it.
find_program(LLB_PROTOC protoc-c REQUIRED)
pkg_check_modules(protobuf_c REQUIRED IMPORTED_TARGET libprotobuf-c)

function(llb_proto name)
  set(folder ${PROJECT_SOURCE_DIR}/proto)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/proto)
  file(GLOB protos CONFIGURE_DEPENDS ${folder}/*.proto)
  file(MAKE_DIRECTORY ${made})
  pkg_get_variable(std libprotobuf-c includedir)
  foreach(proto ${protos})
    get_filename_component(base ${proto} NAME_WE)
    list(APPEND sources ${made}/${base}.pb-c.c)
    list(APPEND headers ${made}/${base}.pb-c.h)
  endforeach()
  # One run for all: they import each other.
  add_custom_command(
    OUTPUT ${sources} ${headers}
    COMMAND ${LLB_PROTOC} --proto_path=${folder} --proto_path=${std}
            --c_out=${made} ${protos}
    DEPENDS ${protos}
    COMMENT "Making C of proto/*.proto"
    VERBATIM)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${made})
  target_compile_options(${name} PRIVATE -w -ffunction-sections
                                         -fdata-sections)
  target_link_libraries(${name} PRIVATE llb_sanitize
                        PUBLIC PkgConfig::protobuf_c)
endfunction()
