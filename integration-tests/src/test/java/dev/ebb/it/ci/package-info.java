/** What scripts/ci.sh decides, with stand-ins for all that it calls. */
package dev.ebb.it.ci;
