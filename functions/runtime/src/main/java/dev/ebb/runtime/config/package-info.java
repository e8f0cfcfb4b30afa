/** The settings of a function, read once from the environment and checked before anything starts. */
package dev.ebb.runtime.config;
