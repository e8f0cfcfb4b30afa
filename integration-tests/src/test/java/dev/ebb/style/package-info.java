/** The style of the source tree as a test: sizes, names and comments of every module, read from the sources. */
package dev.ebb.style;
