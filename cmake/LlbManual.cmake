# Run as a script: the manual pages of ${LLB} and all its commands, and its
# completion, go into ${FOLDER}. Which commands there are it says itself. Beside
# them go the pages of the C API, made of the headers of ${SOURCE}.
function(ask file)
  execute_process(COMMAND ${LLB} help ${ARGN} OUTPUT_FILE ${FOLDER}/${file}
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER}/man1)
ask(man1/llb.1 --man)
ask(llb.bash --completion)

execute_process(COMMAND ${LLB} help OUTPUT_VARIABLE help
  COMMAND_ERROR_IS_FATAL ANY)
# "  engine start    start a private ..."
string(REGEX MATCHALL "\n  [a-z][a-z-]*( [a-z-]+)?  " commands "${help}")
foreach(command ${commands})
  string(STRIP "${command}" command)
  string(REPLACE " " "-" page "${command}")
  string(REPLACE " " ";" words "${command}")
  ask(man1/llb-${page}.1 --man ${words})
endforeach()
if(NOT commands)
  message(FATAL_ERROR "\"llb help\" lists no commands")
endif()

file(MAKE_DIRECTORY ${FOLDER}/man3)
file(GLOB headers ${SOURCE}/include/llb/*.h)
configure_file(${SOURCE}/docs/man/libllb.3 ${FOLDER}/man3/libllb.3 COPYONLY)
file(STRINGS ${FOLDER}/man3/libllb.3 date REGEX "^\\.Dd ")
string(SUBSTRING "${date}" 4 -1 date)
execute_process(COMMAND awk -v DIR=${FOLDER}/man3 -v "DATE=${date}"
  -f ${SOURCE}/docs/man/api.awk ${headers} COMMAND_ERROR_IS_FATAL ANY)
file(TOUCH ${FOLDER}/done)
