/** Tests of the command as a person meets it: what it prints, and the status it ends with. */
package dev.ebb.cli;
