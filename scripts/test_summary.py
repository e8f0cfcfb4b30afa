#!/usr/bin/env python3
"""Adds up the test reports of all modules and of ctest, names what failed, and ends with the line that counts.

Usage: test_summary.py LOG FOLDER..., from the repository's root; LOG is what the build printed, for the counts of ctest
and of the parts of make test-cuda, and FOLDER is the name of a folder in each module's target/ that holds reports. Exit
status 1 when a test failed or none ran.
"""
import glob
import re
import sys
import xml.etree.ElementTree as ElementTree

CUDA = re.compile(r"^make test-cuda: (\d+) parts, (\d+) failed", re.M)
CTEST = re.compile(r"^\d+% tests passed, (\d+) tests? failed out of (\d+)", re.M)


def main():
    passed, failed, skipped = count_reports(sys.argv[2:])
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        text = log.read()
        counts = CTEST.findall(text) + [(parts_failed, parts) for parts, parts_failed in CUDA.findall(text)]
    for some_failed, total in counts:
        failed += int(some_failed)
        passed += int(total) - int(some_failed)
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    sys.exit(1 if failed or not passed else 0)


def count_reports(folders):
    passed = failed = skipped = 0
    for report in sorted(path for folder in folders
                         for path in glob.glob(f"**/target/{folder}/TEST-*.xml", recursive=True)):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                print(f"FAILED  {case.get('classname')}.{case.get('name')}")
            elif case.find("skipped") is not None:
                skipped += 1
                print(f"skipped {case.get('classname')}.{case.get('name')}: {case.find('skipped').get('message', '')}")
            else:
                passed += 1
    return passed, failed, skipped


if __name__ == "__main__":
    main()
