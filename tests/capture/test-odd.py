#!/usr/bin/env python3
# test-odd.py - pictures of what is hard to draw: odd names, and shapes that are too big.
# SPDX-License-Identifier: MIT
"""Speaks TAP. Needs $HEAPGRAPH and $HG_TESTS, and to be allowed to trace a child."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

SIZE = 1000000
NAMES = ('two words', '"quoted" \'both\'', 'new\\nline', '<b>bold</b>&amp;', 'ünï', 'смотри', '中文', '😀👨‍👩', 'שלום',
         'مرحبا', '\\u202egnp.exe', '\\ud800half', 'nul\\x00byte', '\\x1b[31m', '\\n{|}<>', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')
SVG = '{http://www.w3.org/2000/svg}'


class Tool:
    def __init__(self, folder):
        self.folder = folder

    def run(self, *words):
        command = [os.environ['HEAPGRAPH'], words[0], '-d', 'odd.db', *words[1:]]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 0, (words, done.stderr.decode())
        return done.stdout.decode()

    def draw(self, name, *words):
        """Returns: the texts of the SVG, which must be XML without a script; the DOT must be read by Graphviz."""
        svg, dot = os.path.join(self.folder, name + '.svg'), os.path.join(self.folder, name + '.dot')
        self.run(*words, '-o', svg)
        self.run(*words, '-o', dot)
        root = tree.parse(svg).getroot()
        assert not [one for one in root.iter() if one.tag in (SVG + 'script', 'script')]
        if shutil.which('dot'):
            read = subprocess.run(['dot', '-Tcanon', dot], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            assert read.returncode == 0 and not read.stderr, read.stderr
        return [text.text or '' for text in root.iter(SVG + 'text')], open(dot, encoding='utf-8').read()


def count(texts):
    """The neighbours that are hidden."""
    return sum(int(text.split()[0].replace(',', '')) for text in texts if re.fullmatch(r'[\d,]+ more', text))


def test_fan_in(tool):
    """a string in a million lists: those shown and those counted are all of them"""
    texts, dot = tool.draw('fan', 'backrefs', 'fan_in[3][0]', '--depth', '1')
    shown = len(re.findall(r' -> n0\b', dot)) - 1
    assert shown + count(texts) == SIZE + 2, (shown, texts)  # and odd_keys, and the module
    assert [text for text in texts if re.fullmatch(r'[\d,]+ list.*', text)], texts


def test_long_list(tool):
    """a list a million links long: its ends and a number"""
    last = tool.run('sql', "select printf('%d', address) from object where type = '__main__.Node' "
                    'order by distance desc limit 1', '--format', 'csv').split()[-1]
    texts, dot = tool.draw('long', 'chain', last)
    # __main__, its __dict__, and a million nodes, of which sixty are drawn
    assert count(texts) in (SIZE + 1 - 60, SIZE + 2 - 60), [text for text in texts if 'more' in text]
    assert dot.count('.next') > 50
    line = tool.run('chain', last).splitlines()[0]
    assert line.startswith('__main__.first.next.next') and ' steps ' in line, line


def test_itself(tool):
    """a list in itself"""
    _, dot = tool.draw('itself', 'refs', 'itself')
    assert 'n0 -> n0' in dot and dot.count('->') == 1
    _, dot = tool.draw('itself', 'backrefs', 'itself')
    assert 'n0 -> n0' in dot


def test_wide(tool):
    """ten thousand attributes"""
    texts, _ = tool.draw('wide', 'refs', 'wide', '--depth', '1')
    assert count(texts) == 9990, texts
    assert sum(text.strip().startswith('.attribute_') for text in texts) == 10, texts
    texts, _ = tool.draw('many', 'refs', 'wide', '--depth', '1', '--too-many', '1000', '--nodes', '1001')
    assert '1,000 alike' in texts and count(texts) == 9000, texts


def test_names(tool):
    """names with quotes, lines, HTML, emoji, right-to-left, NUL and half characters"""
    for words in (('refs', 'odd', '--too-many', '40'), ('refs', 'odd_keys', '--too-many', '40')):
        texts, _ = tool.draw('odd', *words)
        for name in NAMES:
            name = name if words[1] == 'odd' else name.replace("'", "\\'")
            alike = name.replace('\u200d', '\\u200d')
            assert any(name in text or alike in text for text in texts), (name, texts)


def test_strange(tool):
    """a type and a value that try to be markup"""
    texts, _ = tool.draw('strange', 'refs', 'strange')
    assert any('<img src=x onerror="alert(1)">' in text for text in texts), texts
    assert any('</svg><script>alert(1)</script>' in text for text in texts), texts
    tool.run('report', '-o', 'odd.html')
    done = subprocess.run([sys.executable, os.path.join(os.environ['HG_TESTS'], 'report', 'check-page.py'),
                           os.path.join(tool.folder, 'odd.html')], stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stdout.decode()


def test_finalizers(tool):
    """a node for __del__, weak references dashed, several references in one"""
    texts, dot = tool.draw('closer', 'backrefs', 'watched', '--depth', '2', '--too-many', '20')
    assert '__del__' in texts and 'doublecircle' in dot and 'style=dashed' in dot
    texts, _ = tool.draw('aliases', 'refs', 'aliases')
    assert any('[0], [1], [2]' in text for text in texts), texts
    assert any("['same'], ['again']" in text for text in texts), texts


def test_same(tool):
    """the same question, the same picture"""
    words = ('backrefs', 'odd', '--depth', '3', '--nodes', '300')
    one, other = tool.draw('one', *words), tool.draw('other', *words)
    assert one == other


TESTS = (test_fan_in, test_long_list, test_itself, test_wide, test_names, test_strange, test_finalizers, test_same)


def main():
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(os.environ['HG_TESTS'], 'programs', 'odd.py')
        target = subprocess.Popen(['/usr/bin/python3', program, str(SIZE)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        tool = Tool(folder)
        try:
            pid = target.stdout.readline().strip().decode()
            tool.run('capture', pid)
        finally:
            target.kill()
            target.wait()
        for number, test in enumerate(TESTS, 1):
            try:
                test(tool)
                print('ok %d - %s' % (number, test.__doc__), flush=True)
            except AssertionError as error:
                print('not ok %d - %s' % (number, test.__doc__))
                for line in str(error)[:2000].splitlines():
                    print('#   ' + line, flush=True)
    print('1..%d' % len(TESTS))


if __name__ == '__main__':
    main()
