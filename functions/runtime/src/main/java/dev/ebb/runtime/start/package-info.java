/** From process start to the first request and back: the engine's start, its failure, drain and stop. */
package dev.ebb.runtime.start;
