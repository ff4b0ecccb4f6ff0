#!/bin/sh
echo "Content-Type: text/plain"
echo
echo "the guestbook, as db keeps it:"
wget -q -O - http://db:5000/ || echo "db does not answer"
