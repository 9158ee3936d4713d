# on: buildkit
# Every way to write -o; what is wrong says so before the build, and what lies
# at the destination stays.
project p <<'END'
target default {
    from scratch()
    mkfile "/f" "1"
}
END
mkdir folder
echo k >folder/k
echo f >file
# wrong CODE OUTPUT TEXT
wrong() {
    expect "$1" "$LLB" build -f p/build.llb -o "$2" --progress plain
    has "$err" "$3"
    lacks "$err" "#1 "
}
wrong 2 type=local "needs a folder"
wrong 2 type=local,dest= "needs a folder"
wrong 2 type=tar,dest=folder "folder is a folder"
wrong 1 type=local,dest=file "file is no folder"
wrong 2 type=docker, "is a comma too many?"
wrong 2 type=docker,tar,compression '"tar" has no value'
wrong 2 type=tar,output=q "dest=q"
wrong 2 type=nope,dest=q 'there is no type "nope"; the types are'
wrong 2 type=image,dest=q "an image has no dest"
wrong 2 'type=tar,"dest=q' "a quote is not closed"
wrong 2 type=oci,dest=q,compresion=gzip 'did you mean "compression"?'
wrong 2 type=local,dest=q,mode=mirror 'mode is copy|delete, not "mirror"'
is folder/k k
is file f
gone q

right() { expect 0 "$LLB" build -f p/build.llb -o "$1"; }
for stream in - type=tar type=tar,dest=- type=oci,tar=true,dest=-; do
    right "$stream"
    tar -tf "$out" >list || fail "$stream gives no tar"
    has "$err" "#1 "
done
for name in 'a,b.tar' 'a"b.tar' x.tar; do
    case $name in
    *,*) right "type=tar,\"dest=$name\"" ;;
    *) right "TYPE=tar,DEST=$name" ;;
    esac
    [ "$(tar -xOf "$name" f)" = 1 ] || fail "$name"
done
right dest=one
is one/f 1
right two
is two/f 1
right type=local,dest=three/four
is three/four/f 1
wrong 1 type=tar,dest=none/x.tar "none is no folder; make it first"
