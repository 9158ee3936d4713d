# The target llb_grpc: gRPC's C core, linked from its archives so that a
# program which hardly uses it starts fast (with --gc-sections 2 ms and 5
# libraries, where the shared libgrpc brings 50 and 8 ms).
#
# It is the core without TLS: the client does its own dialling, so TLS is a
# matter of the connection and not of gRPC.

option(LLB_GRPC_SHARED "link the shared libgrpc instead of its archives" OFF)
pkg_check_modules(grpc REQUIRED grpc)
add_library(llb_grpc INTERFACE)

if(LLB_GRPC_SHARED)
  target_link_libraries(llb_grpc INTERFACE grpc_unsecure gpr)
else()
  list(TRANSFORM grpc_STATIC_LIBRARIES REPLACE "^grpc$" "grpc_unsecure")
  # What pkg-config names for a static link, each as its archive; what has
  # none, or is better shared (libz and the C library's parts), by name.
  foreach(lib ${grpc_STATIC_LIBRARIES})
    find_library(LLB_GRPC_${lib} NAMES lib${lib}.a)
    mark_as_advanced(LLB_GRPC_${lib})
    if(lib MATCHES "^(z|ssl|crypto|dl|rt|m|pthread|atomic)$"
       OR NOT LLB_GRPC_${lib})
      continue()
    endif()
    list(APPEND grpc_archives ${LLB_GRPC_${lib}})
  endforeach()
  list(REMOVE_DUPLICATES grpc_archives)
  # The C++ library too: relocating the shared one takes longer than all that
  # we use of it. Sanitizers want to put themselves between, and get it shared.
  if(LLB_SANITIZE OR LLB_TSAN)
    set(grpc_stdcxx -lstdc++)
  else()
    set(grpc_stdcxx -Wl,-Bstatic -lstdc++ -Wl,-Bdynamic)
  endif()
  target_link_libraries(llb_grpc INTERFACE
    -Wl,--start-group ${grpc_archives} -Wl,--end-group
    -Wl,--push-state,--as-needed ${grpc_stdcxx} -lz -latomic -lm
    -Wl,--pop-state
    Threads::Threads)
  target_link_options(llb_grpc INTERFACE -Wl,--gc-sections)
endif()
