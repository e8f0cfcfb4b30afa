/**
 * The engine: takes requests, plans steps, calls the backend, samples and hands results to listeners.
 * Pure Java; knows no framework, no HTTP and no JSON.
 */
package dev.ebb.engine;
