/** Perplexity of a public-domain text, beside the figures recorded from llama.cpp. */
package dev.ebb.it.perplexity;
