/** Words that people write, and what they probably meant. */
package dev.ebb.knative.word;
