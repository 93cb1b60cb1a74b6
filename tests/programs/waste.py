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


CASES = {name: function for name, function in list(globals().items())
         if callable(function) and name[0].islower() and function.__module__ == __name__
         and not name.startswith('make_') and hasattr(function, '__code__')}


def main():
    function, remedy = CASES[sys.argv[1]], sys.argv[2:] == ['remedy']
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = function(remedy)
    gc.collect()
    traced = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    print(traced, flush=True)
    sys.stdin.read()
    return kept


if __name__ == '__main__':
    kept = main()
