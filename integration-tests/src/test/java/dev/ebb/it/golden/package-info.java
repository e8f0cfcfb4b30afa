/** Answers beside those recorded from llama.cpp, and greedy continuations for a reader. */
package dev.ebb.it.golden;
