/** Liveness and readiness of a function. */
package dev.ebb.runtime.health;
