"""A django-helpdesk of its own, run by ``tests.real_tools.helpdesk`` in an environment of its own."""
