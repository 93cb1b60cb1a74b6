# django_site.py - a web application at rest: it has answered some requests and waits for more.
# SPDX-License-Identifier: MIT
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'leaks'))
import stage  # noqa: E402

try:
    import django
    from django.conf import settings
except ImportError:
    sys.exit(77)

settings.configure(
    SECRET_KEY='x', ROOT_URLCONF=__name__, ALLOWED_HOSTS=['*'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
    TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True, 'OPTIONS': {
        'context_processors': ['django.contrib.auth.context_processors.auth',
                               'django.template.context_processors.request',
                               'django.contrib.messages.context_processors.messages']}}],
    MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware', 'django.middleware.common.CommonMiddleware',
                'django.contrib.auth.middleware.AuthenticationMiddleware',
                'django.contrib.messages.middleware.MessageMiddleware'],
    INSTALLED_APPS=['django.contrib.admin', 'django.contrib.auth', 'django.contrib.contenttypes',
                    'django.contrib.sessions', 'django.contrib.messages'])
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402


def hello(request, name):
    page = engines['django'].from_string('<p>{{ name }}: {% for user in users %}{{ user.username }} {% endfor %}')
    from django.contrib.auth.models import User
    return HttpResponse(page.render({'name': name, 'users': User.objects.all()}, request))


urlpatterns = [path('hello/<str:name>', hello), path('admin/', admin.site.urls)]
call_command('migrate', verbosity=0)


application = get_wsgi_application()


def step():
    for number in range(200):
        assert stage.ask(application, '/hello/visitor-%d' % number).startswith(b'<p>visitor')
        assert b'password' in stage.ask(application, '/admin/login/')


stage.run(step)
