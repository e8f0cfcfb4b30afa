package dev.ebb.images;

import java.nio.file.Path;

/**
 * Files that are stored together.
 *
 * @param folder where they are here
 * @param to where they are in the image
 */
record Layer(String name, Path folder, String to) {}
