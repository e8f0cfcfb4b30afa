/** Clients that people already have: the openai package, curl, the CloudEvents SDKs, lm-evaluation-harness. */
package dev.ebb.it.clients;
