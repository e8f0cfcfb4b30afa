/** The {@code cpu} backend beside {@code reference}, which defines truth, on the real model. */
package dev.ebb.it.parity;
