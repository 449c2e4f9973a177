#!/usr/bin/env bash
echo "demo: not there yet" >&2
exit 1
