#!/bin/sh
echo "Content-Type: text/plain"
echo
wget -q -O - http://web/ || echo "no instance of web answers"
