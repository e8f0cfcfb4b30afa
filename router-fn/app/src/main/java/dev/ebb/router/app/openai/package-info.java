/**
 * Request bodies of the OpenAI API (with vLLM's extra parameters): read field by field, each mistake named; a
 * parameter that would change the answer and is not supported is refused, never ignored.
 */
package dev.ebb.router.app.openai;
