/** Tests of what the terminal shows. */
package dev.ebb.cli.term;
