# waste.py - programs that use more memory than they need, each with its remedy.
# SPDX-License-Identifier: MIT
"""waste.py CASE [remedy]: builds what CASE names, the second way with `remedy`, prints the bytes
that tracemalloc says it took, and waits for the end of its input. tests/capture/test-advise.py
compares the difference with what `heapgraph advise` promises."""

import gc
import sys
import tracemalloc

N = 20000


class Plain:
    def __init__(self, name, email, age):
        self.name = name
        self.email = email
        self.age = age


class Slotted:
    __slots__ = ('name', 'email', 'age')
    __init__ = Plain.__init__


def slots(remedy):
    made = Slotted if remedy else Plain
    return [made(None, True, False) for _ in range(N)]


def slots_vars(remedy):
    """Every instance was asked for its __dict__."""
    if remedy:
        return slots(True)
    users = slots(False)
    for user in users:
        vars(user)
    return users


class One:
    def __init__(self):
        self.only = None


class OneSlotted:
    __slots__ = ('only',)
    __init__ = One.__init__


def slots_one(remedy):
    return [(OneSlotted if remedy else One)() for _ in range(N)]


class Base:
    def __init__(self):
        self.first = self.second = None


class Derived(Base):
    def __init__(self):
        super().__init__()
        for number in range(10):
            setattr(self, 'field%d' % number, None)


class BaseSlotted:
    __slots__ = ('first', 'second')
    __init__ = Base.__init__


class DerivedSlotted(BaseSlotted):
    __slots__ = tuple('field%d' % number for number in range(10))

    def __init__(self):
        super().__init__()
        for number in range(10):
            setattr(self, 'field%d' % number, None)


def slots_derived(remedy):
    return [(DerivedSlotted if remedy else Derived)() for _ in range(N)]


class WeakSlotted:
    __slots__ = ('name', 'email', 'age', '__weakref__')
    __init__ = Plain.__init__


def slots_weak(remedy):
    """Weak references lead to the instances."""
    import weakref
    made = WeakSlotted if remedy else Plain
    users = [made(None, True, False) for _ in range(N)]
    return users, [weakref.ref(user) for user in users]


class Parent:
    pass


class Child(Parent):
    __slots__ = ('x', 'y')

    def __init__(self):
        self.x = self.y = None


class ParentSlotted:
    __slots__ = ()


class ChildSlotted(ParentSlotted):
    __slots__ = ('x', 'y')
    __init__ = Child.__init__


def inherited_dict(remedy):
    return [(ChildSlotted if remedy else Child)() for _ in range(N)]


class ChildMore(Parent):
    __slots__ = ('x',)

    def __init__(self):
        self.x = self.y = None


class ChildMoreSlotted(ParentSlotted):
    __slots__ = ('x', 'y')
    __init__ = ChildMore.__init__


def inherited_dict_used(remedy):
    """An attribute went into the inherited __dict__."""
    return [(ChildMoreSlotted if remedy else ChildMore)() for _ in range(N)]


class Order:
    """Something with one attribute, and no waste of its own."""
    __slots__ = ('it',)

    def __init__(self, it):
        self.it = it


def orders(make, count=N):
    return [Order(make(number)) for number in range(count)]


def equal_texts(remedy):
    """Each order has a str of its own."""
    words = ['pending', 'delivered', 'cancelled']
    return orders(lambda n: words[n % 3] if remedy else ''.join(list(words[n % 3])))


def equal_bytes(remedy):
    shared = {}
    made = orders(lambda n: bytes(bytearray(b'customer-%d' % (n % 10))))
    for order in made if remedy else ():
        order.it = shared.setdefault(order.it, order.it)
    return made, shared


def equal_tuples(remedy):
    shared = {}
    made = orders(lambda n: tuple([n % 7, None, 'x']))
    for order in made if remedy else ():
        order.it = shared.setdefault(order.it, order.it)
    return made, shared


def equal_numbers(remedy):
    shared = {}
    made = orders(lambda n: float(n % 50) + 0.25)
    for order in made if remedy else ():
        order.it = shared.setdefault(order.it, order.it)
    return made, shared


def array_of_ints(remedy):
    from array import array
    numbers = list(range(10 ** 6, 10 ** 6 + 10 * N))
    return array('q', numbers) if remedy else numbers


def array_of_floats(remedy):
    """Many lists, and some of the numbers are also elsewhere."""
    from array import array
    kept = [n + 0.5 for n in range(500)]
    made = orders(lambda n: [n + k * 0.125 for k in range(19)] + kept[n % 500:n % 500 + 1], 2000)
    if remedy:
        for order in made:
            order.it = array('d', order.it)
    return tuple(kept), made


def empty_lists(remedy):
    return orders(lambda n: () if remedy else [])


def empty_dicts(remedy):
    return orders(lambda n: None if remedy else {})


def empty_sets(remedy):
    return orders(lambda n: None if remedy else set())


def sparse_lists(remedy):
    def make(number):
        made = []
        made.append(None)
        return made[:] if remedy else made
    return orders(make)


def sparse_dict(remedy):
    made = {number: None for number in range(N)}
    for number in range(N - 100):
        del made[number]
    return dict(made) if remedy else made


def sparse_dict_of_texts(remedy):
    made = {'key %d' % number: None for number in range(N)}
    for number in range(N - 100):
        del made['key %d' % number]
    return dict(made) if remedy else made


def sparse_set(remedy):
    made = set(range(N))
    for number in range(N - 100):
        made.discard(number)
    return set(made) if remedy else made


class Address:
    __slots__ = ('street', 'zip', 'city')

    def __init__(self, street, zip, city):
        self.street, self.zip, self.city = street, zip, city


def records(remedy):
    return [Address(None, True, False) if remedy else {'street': None, 'zip': True, 'city': False}
            for _ in range(N)]


def copies_whole(remedy):
    data = b'0123456789abcdef' * 65536
    return [data, data if remedy else bytes(bytearray(data))]


def copies_slices(remedy):
    data = bytes(range(256)) * 8192
    view = memoryview(data) if remedy else data
    return data, [view[start:start + 4096] for start in range(0, len(data), 4096)]


def copies_lines(remedy):
    text = ''.join('line %d of a long text\n' % number for number in range(N))
    lines = text.splitlines()
    return lines if remedy else (text, lines)


def generator(remedy, wait):
    """The list is a local variable of this function while it is read."""
    def read():
        for number in range(N):
            yield 'row %d' % number
    rows = read() if remedy else list(read())
    for row in rows:
        wait(row)
        break


CASES = {name: function for name, function in list(globals().items())
         if callable(function) and name[0].islower() and function.__module__ == __name__
         and name != 'orders'}


def tell(before):
    gc.collect()
    traced = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    print(traced, flush=True)
    sys.stdin.read()


def main():
    function, remedy = CASES[sys.argv[1]], sys.argv[2:] == ['remedy']
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    if function.__code__.co_argcount == 2:
        function(remedy, lambda row: tell(before))
        return None
    kept = function(remedy)
    tell(before)
    return kept


if __name__ == '__main__':
    main()
