/** What holds for the router's core as a whole: it knows no framework, no HTTP and no JSON. */
package dev.ebb.router;
