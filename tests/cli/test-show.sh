#!/bin/sh
# test-show.sh - heapgraph show.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'an instance with values inline' show-cache.txt show app.cache
prints 'an instance with a __dict__' show-session.txt show "app.cache.sessions['a'][0]"
prints 'a module, which is a root' show-module.txt show app
prints 'keys that are made to harm' show-evil.txt show app.evil
prints 'garbage with __del__' show-garbage.txt show Pair#1
prints 'a local variable' show-local.txt show 0x7f0000007000
json 'JSON' 'x["type"] == "app.Cache" and x["address"] == "0x7f0000004600" and x["retained"] > x["size"] == 64
    and [r["label"] for r in x["refs"]] == [".sessions", ".__class__"]
    and x["referrers"][0]["label"] == ".cache" and x["referrers"][0]["value"] == "app"' show app.cache --format json
json 'JSON of what would harm a terminal' 'x["refs"][0]["label"].startswith("[") and x["refs"][0]["value"] == "\x27\u202egnp\x27"' \
    show app.evil --format json
check 'holds no byte of it' sh -c "! grep -q \"\$(printf '\\033')\" '$scratch/.out'"
says 'so many fields' '^  \.\.\. \(-n 0 shows all\)$' show app -n 2
fails 'CSV' 2 'heapgraph: show prints one object, which is no list: --format table or json' show app --format csv

# names of objects
address() { # address TITLE ADDRESS OBJ
    json "$1" "x['address'] == '$2'" show "$3" --format json
}
address 'an address' 0x7f0000004600 0x7f0000004600
address 'a decimal id' 0x7f0000004600 139637976745472
address 'the n-th of a type' 0x7f0000003500 Session#3
address 'of a full name' 0x7f0000006300 other.Node#1
address 'a path on from it' 0x7f0000003300 Session#3.user
address 'a path on from an address' 0x7f0000004500 0x7f0000004600.sessions
address 'a path in __main__' 0x7f0000006200 node
address 'a slot' 0x7f0000006100 __main__.node.next
address 'a module below a module' 0x7f0000006a00 app.sub
address 'an item counted from the end' 0x7f0000003e00 "app.cache.sessions['a'][-1]"
says 'a key that is a number' "'seven'" show 'app.cache.sessions[7]'
says 'a key in double quotes' 'list  5 items' show 'app.cache.sessions["a"]'
says 'a key with an escape sequence' '4 items|gnp' show 'app.evil["\x1b[31mred\n"]'
says 'a key with quotes' '中文' show "app.evil['quote\\'\"']"
says 'a key longer than what the dump has of it' "'vvvv" show "app.evil['$(printf 'k%.0s' $(seq 100))']"
says 'a key that is a tuple' "'of a tuple'" show 'app.evil[(1, 2)]'
says 'a key as it is told where it has no value' "'of a tuple'" show 'app.evil[<tuple 0x7f0000004800>]'
says 'a way as it is told where it begins at no root' "'of a tuple'" show '<dict 0x7f0000005000>[(1, 2)]'
fails 'another tuple' 1 \
    "heapgraph: app.evil (dict 4 items) has no key (1, 3); did you mean '(1, 2)'?" show 'app.evil[(1, 3)]'
fails 'no address' 2 'heapgraph: <dict>.x: expected <TYPE 0xADDRESS>' show '<dict>.x'
says 'a key that is a tuple, by its address' "'of a tuple'" show 'app.evil[0x7f0000004800]'
says 'an attribute of the class' "'human'" show Session#1.user.kind
says 'an attribute of a base' 'int  3' show app.User.version
says 'the class' 'type  app.User' show Session#1.user.__class__
says 'what a closure holds' 'list  1 item' show 'app.step.__closure__[0].cell_contents'
run bookmark set leak Session#2
address 'a bookmark' 0x7f0000003000 @leak
address 'a path on from it' 0x7f0000002e00 @leak.user

fails 'no object there' 1 'heapgraph: no object at 0x10' show 0x10
fails 'the inside of one' 1 \
    'heapgraph: no object at 0x7f0000004610, which lies inside of the app.Cache at 0x7f0000004600' show 0x7f0000004610
fails 'no number' 2 \
    'heapgraph: 0xzz: expected an address, 0x and hexadecimal digits or a decimal id()' show 0xzz
fails 'a number too long' 2 \
    'heapgraph: 99999999999999999999: expected an address, 0x and hexadecimal digits or a decimal id()' \
    show 99999999999999999999
fails 'no module' 1 "heapgraph: no module 'ap', and nothing of that name in __main__; did you mean 'app'?" show ap.cache
fails 'no attribute' 1 \
    "heapgraph: app.cache (Cache) has no attribute 'sesions'; did you mean 'sessions'?" show app.cache.sesions
fails 'no attribute in the module' 1 \
    "heapgraph: app (module app) has no attribute 'cach'; did you mean 'cache'?" show app.cach
fails 'no key' 1 "heapgraph: app.cache.sessions (dict 2 items) has no key 'b'; did you mean 'a'?" show "app.cache.sessions['b']"
fails 'no item' 1 "heapgraph: app.cache.sessions['a'] (list 5 items) has no item 5" show "app.cache.sessions['a'][5]"
fails 'no such bookmark' 1 "heapgraph: no bookmark 'lek' in this snapshot; did you mean 'leak'?" show @lek
fails 'not so many' 1 'heapgraph: no Session#6: there are 5 objects of that type' show Session#6
fails 'not counted from 0' 2 "heapgraph: Session#0: expected a number from 1 on after the '#'" show Session#0
fails 'a name after a dot' 2 'heapgraph: app.cache.: character 11: expected a name' show app.cache.
fails 'an open bracket' 2 'heapgraph: app.cache[: character 11: expected an index or a key' show 'app.cache['
fails 'an empty one' 2 'heapgraph: app.cache[]: character 11: expected an index or a key' show 'app.cache[]'
fails 'an open quote' 2 "heapgraph: app['a: character 7: expected ' and ]" show "app['a"
fails 'an open bracket after a key' 2 "heapgraph: app['a': character 8: expected ]" show "app['a'"
fails 'a broken escape' 2 "heapgraph: app['\\xg']: character 8: expected a hexadecimal digit" show "app['\\xg']"
fails 'nothing' 2 'heapgraph: : character 1: expected a name' show ''
fails 'not UTF-8' 2 'heapgraph: the name of an object is not UTF-8' show "$(printf 'app\377')"

# Bytes are told as Python tells them, cut between two of them.
PYTHONPATH=$HG_TESTS/../core/capture/python python3 -c '
import heapgraph_dump
short, zeroes, edge = b"it\x27s\\", bytes(100), b"." * 77 + bytes(10)
heapgraph_dump.dump("bytes.hgd")'
says 'bytes with a quote and a backslash' "  bytes  b\"it's\\\\\\\\\"$" show -d bytes.hgd __main__.short
says 'bytes that are cut' "  bytes  b'(\\\\x00){20}…'$" show -d bytes.hgd __main__.zeroes
says 'bytes cut between two of them' "  bytes  b'\.{77}…'$" show -d bytes.hgd __main__.edge

# A field of a namedtuple is an item; what the class has under its name only tells which.
PYTHONPATH=$HG_TESTS/../core/capture/python python3 -c '
import heapgraph_dump, collections
Point = collections.namedtuple("Point", "x y")
class Named(Point): pass
points = [Point("left", "up"), Named("right", "down")]
heapgraph_dump.dump("points.hgd")'
says 'a field of a namedtuple' "  str  'up'$" show -d points.hgd 'points[0].y'
says 'of a class below one' "  str  'right'$" show -d points.hgd 'points[1].x'
says 'of the class itself' '_tuplegetter' show -d points.hgd 'Point.x'

finish
