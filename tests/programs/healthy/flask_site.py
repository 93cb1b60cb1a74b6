# flask_site.py - a web application at rest: it has answered some requests and waits for more.
# SPDX-License-Identifier: MIT
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'leaks'))
import stage  # noqa: E402

try:
    from flask import Flask, render_template_string, session
except ImportError:
    sys.exit(77)

app = Flask(__name__)
app.secret_key = 'x'


@app.route('/hello/<name>')
def hello(name):
    session['last'] = name
    return render_template_string('<p>{{ name }}</p>', name=name)


def step():
    for number in range(500):
        assert stage.ask(app, '/hello/visitor-%d' % number) == b'<p>visitor-%d</p>' % number


stage.run(step)
