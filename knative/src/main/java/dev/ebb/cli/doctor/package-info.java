/** The checks of {@code ebb doctor}: each says what it found and, where that is bad, what mends it. */
package dev.ebb.cli.doctor;
