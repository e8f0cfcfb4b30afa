/** The decode function: an answer from a hand-off, or from the prompt itself. */
package dev.ebb.decode;
