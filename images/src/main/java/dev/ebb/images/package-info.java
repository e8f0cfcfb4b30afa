/**
 * Builds Ebb's container images as local archives, with neither a daemon nor a registry: {@link dev.ebb.images.Build}
 * makes one Java runtime for all, then for each {@link dev.ebb.images.Program} its files, its list of materials and
 * its start archive, and has Jib write them.
 */
package dev.ebb.images;
