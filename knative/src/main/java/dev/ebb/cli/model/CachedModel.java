package dev.ebb.cli.model;

import java.nio.file.Path;

/**
 * A model that is there.
 *
 * @param path a file or a folder
 * @param origin what it was pulled from, empty when nobody wrote it down
 * @param sha256 digest of the file, empty for a folder
 */
public record CachedModel(String id, Path path, String origin, long bytes, String sha256) {}
