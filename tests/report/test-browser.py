#!/usr/bin/env python3
# test-browser.py - a report opened in Chromium: no request, no complaint, nothing too wide.
# SPDX-License-Identifier: MIT
"""Speaks TAP. Skips itself where there is no Chromium. Needs $HEAPGRAPH and $HG_TESTS."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--enable-logging=stderr']
PROBE = b'''<script>
addEventListener('load', () => {
    const order = [...document.querySelectorAll('a[href],summary,[tabindex]')].map(one => one.tabIndex);
    document.title = JSON.stringify({
        page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        boxes: [...document.querySelectorAll('svg .node')].filter(node => {
            const shape = node.querySelector('polygon,path,ellipse').getBoundingClientRect();
            return [...node.querySelectorAll('text')].some(
                text => text.getBoundingClientRect().right > shape.right + 1);
        }).length,
        nodes: document.querySelectorAll('svg .node').length,
        areas: document.querySelectorAll('.areas rect').length,
        order: order.every(one => one === 0) && order.length,
        dark: matchMedia('(prefers-color-scheme: dark)').matches,
        background: getComputedStyle(document.body).backgroundColor});
});
</script>'''


def run_browser(browser, folder, page, *flags):
    profile = tempfile.mkdtemp(dir=folder)
    log = os.path.join(profile, 'net.json')
    done = subprocess.run([browser, *FLAGS, '--user-data-dir=' + profile, '--log-net-log=' + log, *flags,
                           'file://' + page], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    with open(log, errors='replace') as file:
        hosts = set(re.findall(r'"(?:https?|wss?)://([^/"]+)', file.read()))
    return done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace'), hosts


def complaints(said):
    return [line for line in said.splitlines() if 'CONSOLE' in line]


def probe(browser, folder, page, *flags):
    """What the page is like, asked by a script that is put into a copy of it."""
    with open(page, 'rb') as file:
        text = file.read()
    text = re.sub(rb'<meta http-equiv[^>]*>', b'', text).replace(b'</head>', PROBE + b'</head>')
    copy = os.path.join(folder, 'probe.html')
    with open(copy, 'wb') as file:
        file.write(text)
    dom, _, _ = run_browser(browser, folder, copy, '--dump-dom', *flags)
    title = re.search(r'<title>(\{.*?\})</title>', dom, re.S)
    return json.loads(title.group(1)) if title else {}


def make_page(folder):
    command, tests = os.environ['HEAPGRAPH'], os.environ['HG_TESTS']
    first, second = os.path.join(folder, 'one.hgd'), os.path.join(folder, 'two.hgd')
    subprocess.run([sys.executable, os.path.join(tests, 'programs', 'leaky.py'), '--rounds', '10', '--dump', first,
                    '--rounds', '20', '--dump', second], check=True)
    store, page = os.path.join(folder, 'heap.db'), os.path.join(folder, 'report.html')
    subprocess.run([command, 'load', '-d', store, first, second], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    subprocess.run([command, 'report', '-d', store, '-o', page, '1'], check=True, stderr=subprocess.DEVNULL)
    return page


HEADINGS = re.compile(r'(Suspects|What grew|Since .*|Types|Types of which.*|The types that.*|Containers with.*|'
                      r'What keeps the memory|The objects that.*|What could be smaller|(Type|Object|Container)  .*)$')


def find_torn(browser, folder, page):
    """Headings that are the last line of a page, on paper of several heights: where it ends cannot be known."""
    torn, copy, pdf = [], os.path.join(folder, 'paper.html'), os.path.join(folder, 'paper.pdf')
    with open(page, encoding='utf-8') as file:
        text = file.read()
    for height in range(150, 300, 15):
        with open(copy, 'w', encoding='utf-8') as file:
            file.write(text.replace('</style>', '@page{size:210mm %dmm}</style>' % height, 1))
        run_browser(browser, folder, copy, '--no-pdf-header-footer', '--print-to-pdf=' + pdf)
        told = subprocess.run(['pdftotext', '-layout', pdf, '-'], check=True, stdout=subprocess.PIPE).stdout.decode()
        for sheet in told.split('\f'):
            lines = sheet.strip().splitlines()
            if lines and HEADINGS.match(lines[-1].strip()):
                torn.append('%d mm: %s' % (height, lines[-1].strip()))
    return torn


def report(number, title, problem):
    print('%sok %d - %s' % ('not ' if problem else '', number, title))
    for line in str(problem).splitlines() if problem else []:
        print('#   ' + line)


def main():
    browser = shutil.which('chromium') or shutil.which('chromium-browser')
    if not browser:
        print('1..0 # SKIP no Chromium')
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = make_page(folder)
        _, said, _ = run_browser(browser, folder, page, '--screenshot=' + os.path.join(folder, 'page.png'))
        report(1, 'the console says nothing', '\n'.join(complaints(said)))
        _, _, hosts = run_browser(browser, folder, page, '--dump-dom')
        with open(page, encoding='utf-8') as file:
            named = {host for host in hosts if host in file.read()}
        report(2, 'nothing that it names is asked for', '\n'.join(named))
        light = probe(browser, folder, page, '--window-size=1200,900')
        dark = probe(browser, folder, page, '--window-size=1200,900', '--force-dark-mode',
                     '--blink-settings=preferredColorScheme=0')
        narrow = probe(browser, folder, page, '--window-size=520,900')
        report(3, 'it is no wider than the window', None if light.get('page') == narrow.get('page') == 0
               else (light, narrow))
        report(4, 'texts fit into their boxes', None if light.get('boxes') == 0 and light.get('nodes') else light)
        report(5, 'the memory is drawn as areas', None if light.get('areas', 0) > 20 else light)
        report(6, 'the keyboard goes through it in order', None if light.get('order') else light)
        report(7, 'dark where that is wanted', None if dark.get('background') != light.get('background')
               and dark.get('dark') else (light, dark))
        pdf = os.path.join(folder, 'page.pdf')
        run_browser(browser, folder, page, '--print-to-pdf=' + pdf)
        report(8, 'it can be printed', None if os.path.getsize(pdf) > 20000 else 'no PDF')
        if shutil.which('pdftotext'):
            report(9, 'on paper no heading is torn from what it is of', '\n'.join(find_torn(browser, folder, page)))
        else:
            print('ok 9 - on paper no heading is torn from what it is of # SKIP no pdftotext')
    print('1..9')


if __name__ == '__main__':
    main()
