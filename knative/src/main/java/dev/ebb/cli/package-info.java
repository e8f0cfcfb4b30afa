/** The {@code ebb} command: one class a subcommand, each a thin reader of options over the packages beside it. */
package dev.ebb.cli;
