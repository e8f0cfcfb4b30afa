/** Each kind of bad input: its proper error, then a process that is healthy, holds no block and answers. */
package dev.ebb.it.badinput;
