/** What is asked of an engine, and how its results come back. */
package dev.ebb.engine.request;
