/** From the data of an event to the engine and back: submission, collecting an answer, cancelling. */
package dev.ebb.runtime.work;
