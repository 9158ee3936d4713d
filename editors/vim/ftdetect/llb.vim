au BufRead,BufNewFile *.llb setfiletype llb
