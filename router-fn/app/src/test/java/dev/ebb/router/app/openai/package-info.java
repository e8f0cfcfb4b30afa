/** How bodies are read. */
package dev.ebb.router.app.openai;
