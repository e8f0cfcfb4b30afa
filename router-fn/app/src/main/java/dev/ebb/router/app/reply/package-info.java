/** Answers in the shapes of the OpenAI API, whole and as pieces of a stream. */
package dev.ebb.router.app.reply;
