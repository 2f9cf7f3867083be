"""The two ticketing tools that anybody can run, really run: Request Tracker from Debian, django-helpdesk from PyPI."""
