/** Functions that start on demand and stop when idle, and what happens to requests when processes die. */
package dev.ebb.it.scaletozero;
