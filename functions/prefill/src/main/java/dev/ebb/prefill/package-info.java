/** The prefill function: a prompt's keys and values into the arena, and a claim check for them. */
package dev.ebb.prefill;
