#!/usr/bin/env python3
"""Says how many tests of some classes ran. Usage: java_counts.py REPORTS CLASS...; status 1 when a class ran none."""
import glob
import sys
import xml.etree.ElementTree as ElementTree

missing = 0
for name in sys.argv[2:]:
    ran = 0
    for path in glob.glob(f"{sys.argv[1]}/TEST-*.{name}.xml"):
        suite = ElementTree.parse(path).getroot()
        ran += int(suite.get("tests")) - int(suite.get("skipped"))
    print(f"{name}: {ran} tests ran")
    missing += ran == 0
sys.exit(1 if missing else 0)
