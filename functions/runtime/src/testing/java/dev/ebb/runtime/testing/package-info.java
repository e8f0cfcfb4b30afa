/** What the tests of the functions share: a function on a model made on the spot, and the events sent to a function. */
package dev.ebb.runtime.testing;
