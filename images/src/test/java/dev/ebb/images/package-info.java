/** Tests of the images: of how they are made, and, tagged slow, of those that {@code make images} made. */
package dev.ebb.images;
