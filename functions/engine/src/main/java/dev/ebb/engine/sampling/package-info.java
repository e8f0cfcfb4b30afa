/** From a row of logits to the next token and its text: logits processors, random choice, stops. */
package dev.ebb.engine.sampling;
