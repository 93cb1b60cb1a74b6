#!/usr/bin/env python3
# test-outside.py - what a capture from outside says against what the process itself says.
#
# usage: HEAPGRAPH=heapgraph test-outside.py [PYTHON...]
#
# Without PYTHON a few of the CPythons at hand are tried, with HEAPGRAPH_PYTHONS=all every one.
# For each a process fills its heap with everything (outside-target.py), stops, is captured, goes
# on and tells the truth. Compared are: which objects the collector has, the multiset of references
# tp_traverse visits, names of references, sizes, types, values of atoms, the balance; and names
# once more with what the pure-Python capture says of the same heap.
# With a ghost not one reference may differ; without, types of the closed list allow not one
# difference, all together 1 %.
# ROUNDS=n makes the heap larger, VERBOSE=1 tells what was compared.
# SPDX-License-Identifier: MIT
import collections
import marshal
import os
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hgd  # noqa: E402
import pythons  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = int(os.environ.get('ROUNDS', '20'))
VERBOSE = bool(os.environ.get('VERBOSE'))
EXAMPLES = 200 if VERBOSE else 12

# The C types of the closed list. An object belongs to it if the first C type above its class does.
CLOSED = set('''
    builtins.object builtins.list builtins.tuple builtins.dict builtins.set builtins.frozenset
    builtins.str builtins.bytes builtins.bytearray builtins.int builtins.bool builtins.float
    builtins.complex builtins.function builtins.method builtins.builtin_function_or_method
    builtins.builtin_method builtins.cell builtins.code builtins.type builtins.property
    builtins.classmethod builtins.staticmethod builtins.method_descriptor
    builtins.classmethod_descriptor builtins.member_descriptor builtins.getset_descriptor
    builtins.wrapper_descriptor builtins.method-wrapper builtins.weakref weakref.ReferenceType
    builtins.weakproxy builtins.weakcallableproxy weakref.ProxyType weakref.CallableProxyType
    builtins.generator builtins.coroutine builtins.async_generator builtins.coroutine_wrapper
    builtins.async_generator_asend builtins.async_generator_athrow builtins.frame
    builtins.traceback builtins.mappingproxy builtins.memoryview builtins.managedbuffer
    builtins.slice builtins.range builtins.super builtins.zip builtins.map builtins.filter
    builtins.enumerate builtins.reversed builtins.iterator builtins.callable_iterator
    builtins.list_iterator builtins.list_reverseiterator builtins.tuple_iterator
    builtins.str_iterator builtins.str_ascii_iterator builtins.bytes_iterator
    builtins.bytearray_iterator builtins.memory_iterator builtins.range_iterator
    builtins.longrange_iterator builtins.set_iterator builtins.dict_keyiterator
    builtins.dict_valueiterator builtins.dict_itemiterator builtins.dict_reversekeyiterator
    builtins.dict_reversevalueiterator builtins.dict_reverseitemiterator builtins.dict_keys
    builtins.dict_values builtins.dict_items builtins.odict_iterator builtins.odict_keys
    builtins.odict_items builtins.odict_values builtins.NoneType builtins.ellipsis
    builtins.NotImplementedType types.SimpleNamespace types.GenericAlias types.UnionType
    collections.deque collections.defaultdict collections.OrderedDict
    _collections._deque_iterator _collections._deque_reverse_iterator
    collections._deque_iterator collections._deque_reverse_iterator collections._tuplegetter
    _collections._tuplegetter functools.partial functools._lru_cache_wrapper functools.KeyWrapper
    operator.itemgetter operator.attrgetter array.array array.arrayiterator builtins.arrayiterator
    builtins.Context builtins.ContextVar builtins.Token _contextvars.Context
    _contextvars.ContextVar _contextvars.Token builtins.hamt builtins.hamt_bitmap_node
    builtins.hamt_array_node builtins.hamt_collision_node builtins.Context.ContextVar
    _asyncio.Future _asyncio.Task _asyncio.FutureIter numpy.ndarray
    builtins.BaseException builtins.StopIteration builtins.SystemExit builtins.OSError
    builtins.SyntaxError builtins.ImportError builtins.UnicodeError builtins.UnicodeDecodeError
    builtins.UnicodeEncodeError builtins.UnicodeTranslateError builtins.NameError
    builtins.AttributeError builtins.BaseExceptionGroup
'''.split())
CLOSED |= {'itertools.' + name for name in '''
    accumulate batched chain combinations combinations_with_replacement compress count cycle
    dropwhile filterfalse groupby _grouper islice pairwise permutations product repeat starmap
    takewhile _tee _tee_dataobject zip_longest'''.split()}

HEAP_TYPE = 1 << 9


class Types:
    """The target's types, by address: which C type is below each."""

    def __init__(self, rows, dump):
        self.rows = {row[0]: row for row in rows}
        self.dump = {kind['identity']: kind for kind in dump.types}

    def name(self, address):
        row = self.rows.get(address)
        return '%s.%s' % (row[1], row[2]) if row else '?'

    def is_c(self, address):
        row = self.rows[address]
        return not row[4] & HEAP_TYPE or self.name(address) in CLOSED or \
            row[1].startswith(('_', '<')) and row[1] != '__main__' or row[1] in (
                'datetime', 'decimal', 're', 'ssl', 'ast', 'select', 'xml.etree.ElementTree', 'mmap',
                'hashlib', 'zlib', 'sqlite3', 'posix', 'operator', 'types', 'itertools', 'typing',
                'unicodedata', 'pyexpat', 'array', 'functools')

    def base(self, address):
        if address not in self.rows:
            return '?'
        for one in self.rows[address][5]:
            if one in self.rows and self.is_c(one):
                return self.name(one)
        return '?'

    def is_closed(self, address):
        base = self.base(address)
        if base in CLOSED:
            return True
        return self.name(address) != base and base == 'builtins.object' or \
            any(self.name(one) == 'builtins.BaseException' for one in self.rows[address][5]
                ) if address in self.rows else False


class Result:
    def __init__(self):
        self.problems = []
        self.notes = []

    def check(self, condition, text, examples=()):
        if not condition:
            self.problems.append(text)
            self.problems.extend('    ' + str(example) for example in list(examples)[:EXAMPLES])


def compare_objects(truth, dump, types, result):
    theirs = {row[0] for row in truth['objects']}
    ours = {one.identity for one in dump.objects.values() if one.flags & 1}
    permanent = {one.identity for one in dump.objects.values() if one.flags & 1 and one.flags >> 1 & 3 == 3}
    missing, more = theirs - ours, ours - theirs - permanent
    kinds = {row[0]: row[1] for row in truth['objects'] + truth['others']}
    result.check(not missing and not more, 'tracked objects: %d missing, %d too many of %d' % (
        len(missing), len(more), len(theirs)), [types.name(kinds[one]) for one in missing])
    result.notes.append('%d tracked' % len(theirs))
    unknown = [row[0] for row in truth['others'] if row[0] not in dump.objects]
    result.check(len(unknown) <= len(truth['others']) / 1000, 'untracked objects missing: %d' % len(unknown),
                 ['%s %s' % (types.name(kinds[one]), types.rows.get(one)) for one in unknown])


def compare_references(truth, dump, types, result):
    right = missing = more = 0
    exact = dump.facts['ghost'] == 'yes'
    # 3.12: the module visits its list of free iterators, which are no objects any more
    free = {row[0] for row in truth['others']
            if types.name(row[1]) == '_asyncio.FutureIter' and row[0] not in dump.objects}
    guessed = collections.Counter()
    closed_bad, by_type = collections.Counter(), collections.Counter()
    examples = {}
    for address, kind, _, targets in truth['objects']:
        one = dump.objects.get(address)
        if one is None:
            continue
        if types.is_closed(kind) and any(reference.flags & hgd.GUESSED for reference in one.references):
            guessed[types.base(kind)] += 1
        want = collections.Counter(target for target in targets if target not in free)
        have = collections.Counter(one.visited())
        lost, extra = want - have, have - want
        right += sum((want & have).values())
        missing += sum(lost.values())
        more += sum(extra.values())
        if lost or extra:
            name = types.base(kind)
            by_type[name] += 1
            if types.is_closed(kind) or exact:
                closed_bad[name] += 1
                examples.setdefault(name, '%s at %#x: missing %s, too many %s' % (
                    types.name(kind), address, describe_targets(lost, dump, types),
                    describe_targets(extra, dump, types)))
    recall, precision = 100 * right / max(right + missing, 1), 100 * right / max(right + more, 1)
    result.notes.append('%d references visited: recall %.3f %%, precision %.3f %%' % (
        right + missing, recall, precision))
    result.notes.append('types with differences: %s' % ', '.join(
        '%s %d' % row for row in by_type.most_common(30)))
    result.check(not closed_bad, 'references of %s differ: %s' % (
        'objects' if exact else 'the closed list', dict(closed_bad)), examples.values())
    result.check(not guessed, 'references of the closed list are guessed: %s' % dict(guessed))
    result.check(recall >= 99 and precision >= 99, 'recall %.3f, precision %.3f' % (recall, precision))


def describe_targets(counter, dump, types):
    names = []
    for address in counter:
        one = dump.objects.get(address)
        names.append('%s %s' % (one.type['qualname'], (one.value or b'')[:30]) if one else '%#x' % address)
    return names[:6]


def compare_names(truth, dump, types, result):
    bad = []
    checked = 0
    exact = ('item', 'value', 'element', 'cell', 'weak')
    referents = {row[0]: set(row[3]) for row in truth['objects']}
    for address, facts in truth['named']:
        one = dump.objects.get(address)
        if one is None:
            continue
        have = collections.defaultdict(set)
        for reference in one.references:
            have[reference.kind, reference.label].add(reference.target)
        for kind, label, target in facts:
            key = (kind, label)
            if kind != 'weak' and target not in referents.get(address, ()):
                continue  # it has changed since gc was asked
            checked += 1
            if kind in exact and target not in have[key] or \
                    kind in ('slot', 'internal') and have[key] and target not in have[key] or \
                    kind == 'slot' and not have[key]:
                bad.append('%s at %#x: %s %r is not %#x but %s' % (
                    one.type['qualname'], address, kind, label, target, have[key]))
    for address, names in truth['attributes']:
        one = dump.objects.get(address)
        have = {reference.label: reference.target for reference in one.references
                if reference.kind == 'attribute'} if one else {}
        if not have:
            continue
        checked += 1
        if have != dict(names):
            bad.append('%s at %#x: attributes %s are not %s' % (one.type['qualname'], address, have, names))
    result.notes.append('%d names' % checked)
    result.check(not bad and checked, 'names of %d references differ of %d' % (len(bad), checked), bad)


def compare_sizes(truth, dump, types, result):
    bad, closed_bad, examples = collections.Counter(), collections.Counter(), {}
    for row in truth['objects'] + truth['others']:
        one = dump.objects.get(row[0])
        size = row[2]
        if one is None or size < 0 or one.sizeof == size:
            continue
        if one.type['qualname'] == 'code' and b'outside-target.py' in one.value:
            continue  # up to 3.10 running code grows a cache
        name = types.base(row[1])
        bad[name] += 1
        if types.is_closed(row[1]):
            closed_bad[name] += 1
            examples.setdefault(name, '%s at %#x: %r says %d, we say %s' % (
                types.name(row[1]), row[0], one.value, size, one.sizeof))
    result.notes.append('sizes of other types differ: %s' % dict(bad.most_common(12)))
    if dump.facts['ghost'] == 'yes' and dump.facts['ghost-unmeasured'] == '0':
        # what tells the truth shares and unshares buffers of BytesIO
        odd = {name for name in bad if name != '_io.BytesIO'}
        result.check(not odd, 'sizes differ: %s' % {name: bad[name] for name in odd})
    result.check(not closed_bad, 'sizes of the closed list differ: %s' % dict(closed_bad), examples.values())


def compare_types(truth, dump, types, result):
    bad = []
    for row in truth['objects'] + truth['others']:
        one = dump.objects.get(row[0])
        if one and one.type['identity'] != row[1]:
            bad.append('%#x is a %s, we say %s' % (row[0], types.name(row[1]), one.type['qualname']))
    for kind in dump.types:
        row = types.rows.get(kind['identity'])
        if row and (row[1], row[2], row[3]) != (kind['module'], kind['qualname'], kind['basicsize']) \
                and '<' not in row[1]:
            bad.append('type %#x is %s.%s, we say %s.%s' % (
                kind['identity'], row[1], row[2], kind['module'], kind['qualname']))
    result.check(not bad, '%d types differ' % len(bad), bad)


def compare_values(truth, dump, types, result):
    bad, checked = [], 0
    for address, kind, _, said in truth['others']:
        one = dump.objects.get(address)
        if one is None or said is None or one.value is None and types.name(kind) == 'builtins.int':
            continue
        name = types.name(kind)
        if name == 'builtins.bytes':
            said = said[2:-1] if len(eval(said)) <= 80 else None
        elif name == 'builtins.str':
            said = ''.join('\\u%04x' % ord(c) if 0xd800 <= ord(c) < 0xe000 else c for c in said[:80])
        elif len(said) > 80:
            said = said[:80]
        if said is None:
            continue
        checked += 1
        value = (one.value or b'').decode()
        if value != said:
            bad.append('%s: %r is not %r' % (name, value, said))
    result.notes.append('%d values' % checked)
    result.check(not bad and checked, '%d values differ of %d' % (len(bad), checked), bad)


# What a generator runs is its own field or, from 3.13 on, its frame's.
SAME_NAMES = {'gi_code': 'f_code', 'cr_code': 'f_code', 'ag_code': 'f_code'}


def is_comparable(one, reference):
    """Not: the keys of a dict, which name its values; attributes, which are compared with what the
    object says; what the pure-Python capture can only guess, or tells of types of the program from
    3.12 on, whose dicts the interpreter holds."""
    return reference.kind not in ('unnamed', 'key', 'attribute') and \
        (one.type['qualname'], reference.label) not in (('property', '__name__'), ('OwnProperty', '__name__'),
                                                        ('type', '__dict__'))


def list_names(one, *dumps):
    """What is named of the references to what is in all dumps. Getters also say None, a bool or
    an int for what is no reference."""
    return {(reference.kind, SAME_NAMES.get(reference.label, reference.label), reference.target)
            for reference in one.references
            if is_comparable(one, reference) and all(reference.target in dump.objects for dump in dumps)
            and dumps[0].objects[reference.target].type['qualname'] not in ('NoneType', 'bool')
            and (reference.kind != 'internal' or dumps[0].objects[reference.target].type['qualname'] != 'int')}


def compare_captures(dump, inside, types, result):
    """The pure-Python capture has learned what it knows from another side."""
    named, examples, checked = collections.Counter(), {}, 0
    for address, one in dump.objects.items():
        other = inside.objects.get(address)
        kind = one.type['identity']
        if other is None or other.type['identity'] != kind or not types.is_closed(kind) or \
                set(one.visited()) != set(other.visited()):
            continue  # it has changed since
        name = types.base(kind)
        ours, theirs = list_names(one, dump, inside), list_names(other, dump, inside)
        lost = theirs - ours
        if any(label == 'f_locals' for _, label, _ in ours):
            continue  # up to 3.10: the pure-Python capture takes it for the first local
        if not ours and name == 'builtins.type':
            continue  # made ready when it was asked
        checked += len(other.references)
        if lost:
            named[name] += 1
            examples.setdefault(name, '%s at %#x: %s, we say %s' % (
                types.name(kind), address, sorted(map(str, lost))[:4],
                sorted(map(str, ours - theirs))[:4]))
    result.notes.append('%d names of the pure-Python capture' % checked)
    result.check(not named and checked, 'names differ from those of the pure-Python capture: %s' % dict(named),
                 examples.values())


def compare_balance(dump, result):
    held = collections.Counter()
    for one in dump.objects.values():
        for reference in one.references:
            if not reference.flags & hgd.WEAK:
                held[reference.target] += 1
    below = [one for one in dump.objects.values()
             if one.refcount is not None and held[one.identity] > one.refcount]
    kinds = collections.Counter(one.type['qualname'] for one in below)
    share = 100 * len(below) / len(dump.objects)
    zero = sum(one.refcount == held[one.identity] for one in dump.objects.values() if one.refcount is not None)
    result.notes.append('balance: exact %d of %d, below zero %d (%.3f %%): %s' % (
        zero, len(dump.objects), len(below), share, dict(kinds.most_common(10))))
    result.check(share <= 0.5, 'balance below zero for %.3f %% of the objects' % share)


def compare_roots(truth, dump, result):
    names = {name for kind, _, name, _ in dump.roots if kind == 0}
    result.check({'sys', 'builtins', '__main__', 'threading'} <= names, 'modules among the roots: %s' % names)
    threads = {thread[1]: thread for thread in dump.threads}
    result.check({'MainThread', 'worker-0', 'worker-1', 'worker-2'} <= set(threads),
                 'threads: %s' % list(threads))
    functions = collections.Counter(frame[1].split('.')[-1] for frame in dump.frames)
    result.check(functions['stop_and_tell'] == 4 and functions['worker'] == 3, 'frames: %s' % functions)
    lines = [frame[3] for frame in dump.frames if frame[1] == 'stop_and_tell']
    source = open(os.path.join(HERE, 'outside-target.py')).read().split('\n')
    texts = [source[line - 1].strip() for line in lines]
    result.check(texts == ['tell(path)'] +
                 ['return stop_and_tell(path, depth - 1)'] * 3, 'lines of frames: %s %s' % (lines, texts))
    locals_ = collections.Counter(name for kind, _, name, frame in dump.roots if kind == 1)
    for frame in dump.frames:
        one = dump.objects.get(frame[4])
        for reference in one.references if one and truth['version'] < [3, 11] else ():
            if reference.kind == 'local':
                locals_[reference.label] += 1
    result.check(locals_['witness'] == 4 and locals_['local_dict'] == 3, 'locals: %s' % locals_)


def run_heapgraph(*arguments):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    return done.returncode == 0, done.stdout.strip()


def capture(heapgraph, pid, path, *options):
    return run_heapgraph(heapgraph, 'capture', str(pid), '-o', path, *options)


def capture_core(heapgraph, pid, path):
    core = path + '.core'
    done, text = run_heapgraph(heapgraph, 'freeze', str(pid), '-o', core)
    if done:
        done, text = run_heapgraph(heapgraph, 'capture', '--core', core, '--trust', '-o', path)
        os.unlink(core)
    return done, text


def run(heapgraph, python, folder, result):
    path = os.path.join(folder, 'truth')
    dumps = [os.path.join(folder, name) for name in ('one.hgd', 'two.hgd', 'readers.hgd', 'fork.hgd')]
    target = python.start([os.path.join(HERE, 'outside-target.py'), path, str(ROUNDS)],
                          stdout=subprocess.PIPE, universal_newlines=True,
                          stderr=None if VERBOSE else subprocess.DEVNULL)
    try:
        ready = target.stdout.readline().split()
        if not ready or ready[0] != 'ready':
            result.check(False, 'the target did not start')
            return
        os.waitpid(target.pid, os.WUNTRACED)
        for dump in dumps:
            done, text = capture(heapgraph, target.pid, dump,
                                 *['--no-ghost'] * dump.endswith('readers.hgd'),
                                 *['--fork'] * dump.endswith('fork.hgd'))
            result.notes.append(text.replace('\n', '; '))
            if not done:
                result.check(False, 'capture: ' + text)
                return
        core = os.path.join(folder, 'core.hgd')
        done, text = capture_core(heapgraph, target.pid, core)
        if not done:
            result.check(False, 'capture of a core: ' + text)
            return
        os.kill(target.pid, signal.SIGCONT)
        if target.wait() != 0:
            result.check(False, 'the target ended with %s' % target.returncode)
            return
    finally:
        if target.poll() is None:
            target.kill()
            target.wait()
    with open(path, 'rb') as file:
        truth = marshal.load(file)
    os.unlink(path)
    dump = hgd.read(dumps[0])
    again = hgd.read(dumps[1])
    types = Types(truth['types'], dump)
    compare_objects(truth, dump, types, result)
    for exact in dump, hgd.read(core), hgd.read(dumps[3]):
        result.check(exact.facts['ghost'] == 'yes', 'no ghost: %s' % exact.facts.get('ghost-missing'))
        compare_references(truth, exact, types, result)
    compare_references(truth, hgd.read(dumps[2]), types, result)
    compare_names(truth, dump, types, result)
    compare_sizes(truth, dump, types, result)
    compare_types(truth, dump, types, result)
    compare_values(truth, dump, types, result)
    compare_balance(dump, result)
    compare_roots(truth, dump, result)
    compare_captures(hgd.read(dumps[2]), hgd.read(path + '.inside'), types, result)
    same = {key: (one.size, one.sizeof, one.value, [repr(r) for r in one.references])
            for key, one in dump.objects.items()} == \
        {key: (one.size, one.sizeof, one.value, [repr(r) for r in one.references])
         for key, one in again.objects.items()}
    result.check(same, 'two captures of the same stopped process differ')


def main():
    heapgraph = os.environ['HEAPGRAPH']
    found = pythons.find()
    chosen = [one for one in found if one.command[-1] in sys.argv[1:]] or pythons.choose(found)
    print('1..%d' % len(chosen))
    failed = 0
    for number, python in enumerate(chosen, 1):
        result = Result()
        with tempfile.TemporaryDirectory() as folder:
            run(heapgraph, python, folder, result)
        failed += bool(result.problems)
        print('%s %d - %s' % ('not ok' if result.problems else 'ok', number, python))
        for line in result.problems + (result.notes if VERBOSE or result.problems else []):
            print('# ' + line)
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
