#!/bin/sh
echo "a visit on $(date)" >>/data/entries
echo "Content-Type: text/plain"
echo
tail -n 20 /data/entries
