#!/usr/bin/env bash
echo "fuzz: not there yet" >&2
exit 1
