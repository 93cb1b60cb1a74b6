#!/usr/bin/env python3
# check-page.py - whether the page of a report is well formed, asks for nothing, and can be read.
# SPDX-License-Identifier: MIT
"""check-page.py PAGE: says what is wrong, and then exits with status 1."""

import html.parser
import re
import sys

VOID = {'meta', 'link', 'br', 'img', 'hr', 'input'}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.problems, self.text = [], set(), [], [], []
        self.headings, self.counts = [], {}

    def complain(self, text):
        self.problems.append('line %d: %s' % (self.getpos()[0], text))

    def handle_starttag(self, tag, attributes):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag in ('script', 'iframe', 'object', 'embed', 'image', 'img', 'form', 'base'):
            self.complain('<%s>' % tag)
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.complain('an attribute twice in <%s>' % tag)
        for name, value in attributes:
            value = value or ''
            if name.startswith('on') or 'javascript:' in value:
                self.complain('%s="%s"' % (name, value))
            if name in ('src', 'href', 'xlink:href', 'action', 'data') and not value.startswith(('#', 'data:,')):
                self.complain('%s="%s" leads out of the page' % (name, value))
            if name == 'href' and value.startswith('#'):
                self.links.append(value[1:])
            if name == 'tabindex' and value != '0':
                self.complain('tabindex="%s" breaks the order of the keyboard' % value)
            if name == 'id':
                if value in self.ids:
                    self.complain('id="%s" twice' % value)
                self.ids.add(value)
        if tag == 'svg' and 'aria-label' not in names:
            self.complain('a picture without a name')
        if re.fullmatch('h[1-6]', tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.complain('</%s> closes something else' % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == 'style':
            if 'url(' in data or '@import' in data:
                self.complain('a style sheet that asks for something')
        else:
            self.text.append(data)


def luminance(colour):
    colour = colour.lstrip('#')
    if len(colour) == 3:
        colour = ''.join(2 * one for one in colour)
    parts = [int(colour[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    a, b = sorted((luminance(one), luminance(other)))
    return (b + 0.05) / (a + 0.05)


def check_contrast(style):
    light, dark = (dict(re.findall(r'--([a-z0-9-]+):(#[0-9a-f]+)', part))
                   for part in style.split('prefers-color-scheme:dark', 1))
    for name, scheme in ('light', light), ('dark', {**light, **dark}):
        pairs = [(text, page) for text in ('text', 'faint', 'link', 'leak', 'big', 'save') for page in ('page', 'card')]
        pairs += [('area-text', 'c%d' % number) for number in range(8)]
        pairs += [('area-text', 'rest'), ('area-text', 'garbage')]
        for text, page in pairs:
            if contrast(scheme[text], scheme[page]) < 4.5:
                yield '%s: %s on %s: contrast %.1f' % (name, text, page, contrast(scheme[text], scheme[page]))


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        text = file.read()
    page = Page()
    page.feed(text)
    page.close()
    problems = page.problems + ['<%s> is not closed' % tag for tag in page.open]
    problems += ['no id "%s"' % link for link in page.links if link not in page.ids]
    for before, after in zip([0] + page.headings, page.headings):
        if after > before + 1:
            problems.append('<h%d> below <h%d>' % (after, before))
    if page.counts.get('h1') != 1 or page.counts.get('main') != 1:
        problems.append('there is no one <h1> and <main>')
    if "default-src 'none'" not in text:
        problems.append('no policy')
    if any(ord(one) < 32 and one != '\n' for one in text):
        problems.append('a control character')
    problems += check_contrast(text[text.index('<style>'):text.index('</style>')])
    print('\n'.join(problems))
    sys.exit(bool(problems))


main()
