/** What the command shows a person: progress bars, sizes and tables, quiet where no terminal is. */
package dev.ebb.cli.term;
