# `cmake --install`: the command with its manual and its completion, the public
# headers, three libraries, and what pkg-config and find_package() read.
include(LlbLibrary)
include(CMakePackageConfigHelpers)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(protobuf_c REQUIRED IMPORTED_TARGET libprotobuf-c)
pkg_check_modules(grpc REQUIRED grpc)
pkg_check_modules(ssl REQUIRED IMPORTED_TARGET libssl)

# A program that only makes definitions links the first one and no gRPC.
llb_library(libllb EXPORTS "llb_[a-z]*" LAYERS base def llb
  NEEDS PkgConfig::crypto PkgConfig::jansson PkgConfig::xxhash)
llb_library(libllb-compiler EXPORTS "llbc_[a-z]*" LAYERS compiler base
  NEEDS PkgConfig::crypto PkgConfig::jansson USES libllb_shared)
# The whole libgrpc, for a process may use it otherwise too, and two libraries
# that both define the core would write into each other. (The command links
# archives, which a shared library cannot hold.)
llb_library(libllb-client EXPORTS "bk_[a-z]*" LAYERS client messages base
  NEEDS PkgConfig::crypto PkgConfig::ssl PkgConfig::jansson
        PkgConfig::protobuf_c grpc gpr Threads::Threads
  USES libllb_shared)

file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/llb/*.h)
install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/llb)

# Where the files for pkg-config and CMake lie, seen from the prefix, so that
# the tree may be moved, or installed with --prefix or DESTDIR.
set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH LLB_UP ${CMAKE_INSTALL_PREFIX}/${pkgconfig}
  ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" LLB_UP "${LLB_UP}")
# Not as a requirement: pkg-config would put the C++ library in front of it.
string(REPLACE ";" " " LLB_GRPC_LIBS "${grpc_STATIC_LDFLAGS}")
foreach(name llb llb-compiler llb-client)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in
    ${CMAKE_BINARY_DIR}/lib/pkgconfig/${name}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/lib/pkgconfig/${name}.pc
    DESTINATION ${pkgconfig})
endforeach()

set(config ${CMAKE_INSTALL_LIBDIR}/cmake/llb)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/llbConfig.cmake.in
  ${CMAKE_BINARY_DIR}/lib/cmake/llbConfig.cmake
  INSTALL_DESTINATION ${config}
  PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
# Before 1.0 a minor version may change what programs see.
write_basic_package_version_file(
  ${CMAKE_BINARY_DIR}/lib/cmake/llbConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/lib/cmake/llbConfig.cmake
  ${CMAKE_BINARY_DIR}/lib/cmake/llbConfigVersion.cmake DESTINATION ${config})

# What the command says about itself, asked once it is built.
set(manual ${CMAKE_BINARY_DIR}/manual)
add_custom_command(OUTPUT ${manual}/done
  COMMAND ${CMAKE_COMMAND} -DLLB=$<TARGET_FILE:llb> -DFOLDER=${manual}
          -DSOURCE=${PROJECT_SOURCE_DIR}
          -P ${PROJECT_SOURCE_DIR}/cmake/LlbManual.cmake
  DEPENDS llb ${headers} ${PROJECT_SOURCE_DIR}/cmake/LlbManual.cmake
          ${PROJECT_SOURCE_DIR}/docs/man/api.awk
          ${PROJECT_SOURCE_DIR}/docs/man/libllb.3
  COMMENT "Making the manual of llb"
  VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual}/done)
install(DIRECTORY ${manual}/man1 ${manual}/man3
  DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${manual}/llb.bash RENAME llb
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
