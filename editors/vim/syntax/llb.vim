" Syntax of llb build files. Made by editors/make.py: change that.
if exists("b:current_syntax")
  finish
endif

syn match llbKeyword "\.\@1<!\<\%(arg\|as\|def\|else\|for\|fs\|group\|if\|import\|in\|let\|llb\|target\|then\)\>"
syn match llbConstant "\.\@1<!\<\%(build_platform\|here\|platform\|false\|true\)\>(\@!"
syn match llbFunction "\.\@1<!\<\%(azblob\|basename\|blob\|contains\|definition\|diff\|dirname\|docker\|dockerfile\|ends_with\|env_of\|format\|frontend\|get\|gha\|git\|glob\|has\|http\|image\|inline\|join\|keys\|len\|llb_build\|local\|lower\|match\|merge\|oci\|oci_layout\|range\|read\|registry\|replace\|s3\|scratch\|sh\|sort\|split\|starts_with\|tar\|trim\|unique\|upper\|values\)\ze("
syn match llbType "\%(\%(: \|-> \)\@3<=\%(bool\|fs\|int\|mounts\|platform\|string\)\>\|[[{]\@1<=\%(bool\|fs\|int\|mounts\|platform\|string\)[]}]\@=\)"
syn match llbStep "\%(^\s*\|[{;] \=\)\@20<=\%(author\|cache\|cache_from\|cache_to\|cgroup_parent\|cmd\|copy\|device\|entrypoint\|env\|export\|expose\|fail\|from\|healthcheck\|host\|hostname\|label\|mkdir\|mkfile\|mount\|network\|onbuild\|option\|requires\|rm\|run\|secret\|security\|shell\|ssh\|stop_signal\|symlink\|tmpfs\|ulimit\|user\|volume\|warn\|workdir\)\>[=:]\@!"
syn match llbNumber "\<\%(0x\x\+\|0o\o\+\|\d\+\)\>"
syn match llbOption "\<\h\w*\ze==\@!"
syn match llbName "\%(\<\%(def\|target\|group\)\s\+\)\@20<=\w\+"
syn match llbEscape contained "\\\%(u{\x*}\|.\)"
syn match llbDollar contained "\$\${"
syn region llbMap transparent start="{" end="}" contains=TOP
syn region llbInside contained matchgroup=llbInterp start="\${" end="}" contains=TOP
syn region llbString start=+"+ end=+"+ oneline contains=llbEscape,llbDollar,llbInside
syn region llbString start=+'+ end=+'+ oneline
syn region llbString start=+\"\"\"+ end=+\"\"\"+ contains=llbDollar,llbInside
syn region llbString start=+'''+ end=+'''+
syn match llbComment "#.*$"
syn match llbDoc "#\@1<!##\s\+\S.*$"
syn sync fromstart

hi def link llbKeyword Keyword
hi def link llbConstant Constant
hi def link llbFunction Function
hi def link llbType Type
hi def link llbStep Statement
hi def link llbName Identifier
hi def link llbNumber Number
hi def link llbOption Label
hi def link llbEscape SpecialChar
hi def link llbDollar SpecialChar
hi def link llbInterp Delimiter
hi def link llbString String
hi def link llbComment Comment
hi def link llbDoc SpecialComment

let b:current_syntax = "llb"
